namespace Ringwright.Interop.Cases;

/// <summary>A call that runs a document is told to do something else.</summary>
public sealed class TexmlReplacedTests(RunningNode node) : DocumentCase(node)
{
    [Fact] // case 53
    public async Task An_inline_document_takes_the_place_of_the_one_that_runs()
    {
        string sid = await PlaceAsync(new()
        {
            ["Texml"] = "<Response><Pause length=\"60\"/></Response>", ["StatusCallback"] = Web.Root + "status",
        });
        string next = Web.Serve($"next/{Guid.NewGuid():N}", "<Hangup/>");
        Assert.Equal(200, (await ReplaceAsync(sid, $"<Redirect>{next}</Redirect>")).Status);
        Assert.Equal("completed", (await CompletedAsync(asked => asked["CallSid"] == sid))["CallStatus"]);
        Assert.Contains("another document takes the place of this one", await EndedOnceAsync(sid), StringComparison.Ordinal);
    }

    [Fact] // case 53
    public async Task The_status_completed_hangs_up()
    {
        string sid = await PlaceAsync(new()
        {
            ["Texml"] = "<Response><Pause length=\"60\"/></Response>", ["StatusCallback"] = Web.Root + "status",
        });
        var answer = await Customer.TryAsync(HttpMethod.Post, $"texml/calls/{Uri.EscapeDataString(sid)}/update",
            new() { ["Status"] = "completed" });
        Assert.Equal(200, answer.Status);
        Assert.Equal("completed", (await CompletedAsync(asked => asked["CallSid"] == sid))["CallStatus"]);
        await EndedOnceAsync(sid);
    }
}
