using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Calls that documents of the node's own answer: stored ones, by their URL.</summary>
public sealed class HostedDocumentTests(RunningNode node) : CallCase(node)
{
    private async Task<(string Path, string Url)> StoreAsync(string content)
    {
        string path = $"accounts/{await Node.Operator.FindAccountAsync(null)}/documents";
        var made = await Node.Operator.SendAsync(HttpMethod.Post, path, new() { ["name"] = "menu", ["content"] = content });
        return ($"{path}/{made["id"]}", (string)made["url"]!);
    }

    [Fact]
    public async Task A_stored_document_answers_and_the_next_call_hears_what_it_was_changed_to()
    {
        await using var web = await DocumentServer.StartAsync();
        var customer = await CustomerAsync();
        string went = web.Serve("went", "<Hangup/>"), changed = web.Serve("changed", "<Hangup/>");
        var (path, url) = await StoreAsync($"<Response><Say>Hello.</Say><Redirect>{went}?who={{{{From}}}}</Redirect></Response>");
        var application = await customer.SendAsync(HttpMethod.Post, "texml_applications",
            new() { ["friendly_name"] = $"stored {Guid.NewGuid():N}", ["voice_url"] = url });
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = application["id"]!.DeepClone() });

        var call = NewPhone().Call(customer.Number, "+13125550142");
        await call.ReachesAsync(200);
        await call.Audio.HearsSomethingAsync();
        var asked = await web.NextAsync("went");
        Assert.Equal("+13125550142", asked["From"]);

        await Node.Operator.SendAsync(HttpMethod.Patch, path,
            new() { ["content"] = $"<Response><Redirect>{changed}</Redirect></Response>" });
        NewPhone().Call(customer.Number, "+13125550143");
        Assert.Equal("+13125550143", (await web.NextAsync("changed"))["From"]);
    }

    [Fact]
    public async Task When_it_is_deleted_the_fallback_is_asked_for()
    {
        await using var web = await DocumentServer.StartAsync();
        var customer = await CustomerAsync();
        var (path, url) = await StoreAsync("<Response><Say>Hello.</Say></Response>");
        var application = await customer.SendAsync(HttpMethod.Post, "texml_applications", new()
        {
            ["friendly_name"] = $"stored {Guid.NewGuid():N}", ["voice_url"] = url,
            ["voice_fallback_url"] = web.Serve("fallback", "<Hangup/>"),
        });
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = application["id"]!.DeepClone() });
        await Node.Operator.SendAsync(HttpMethod.Delete, path);
        NewPhone().Call(customer.Number);
        Assert.Equal("11200", (await web.NextAsync("fallback"))["ErrorCode"]);
    }
}
