using Ringwright.Server;
using Ringwright.Server.Operating;

namespace Ringwright.Edge.Server;

/// <summary>Talking in the terminal with an assistant that an account has stored, by the account's API.</summary>
public sealed class StoredTalkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_assistant_is_talked_with_by_its_id_and_a_turn_that_fails_is_not_the_end()
    {
        await using var rig = await ModelRig.ByRulesAsync("WHEN broken DO 500\nWHEN pizza SAY One pizza.\nELSE SAY Good day.");
        string assistant = await rig.MakeAsync("/v2/ai/assistants", new()
        {
            ["name"] = "orders", ["model"] = "some/model", ["instructions"] = "You sell pizzas.",
        });

        var lines = await TalkAsync(rig.Api, assistant, "Hello", "", "it is broken", "a pizza");

        Assert.StartsWith("       conversation ", lines[0], StringComparison.Ordinal);
        Assert.Equal("agent> Good day.", lines[1]);
        Assert.Matches("^       answered after [0-9]+ ms$", lines[2]);
        Assert.StartsWith("       not answered: ", lines[3], StringComparison.Ordinal);
        Assert.Equal("agent> One pizza.", lines[4]);
        Assert.Equal(6, lines.Count);
        // What was written is there, as that of any program.
        string talk = lines[0].Split(' ', ';')[8];
        var messages = (await rig.SendAsync(HttpMethod.Get, $"/v2/ai/conversations/{talk}/messages"))["data"]!.AsArray();
        Assert.Equal(["Hello", "Good day.", "a pizza", "One pizza."], messages.Select(message => (string?)message!["text"]));
    }

    [Fact]
    public async Task An_assistant_that_is_not_there_is_refused_and_so_is_one_without_a_key()
    {
        await using var rig = await ModelRig.ByRulesAsync("ELSE SAY Good day.");
        var refused = await Assert.ThrowsAsync<StartRefused>(() => TalkAsync(rig.Api, "assistant-0", "Hello"));
        Assert.Equal(404, refused.Status);
        using var anybody = new HttpClient { BaseAddress = rig.Api.BaseAddress };
        refused = await Assert.ThrowsAsync<StartRefused>(() => TalkAsync(anybody, "assistant-0", "Hello"));
        Assert.Equal(401, refused.Status);
        Assert.Empty((await rig.SendAsync(HttpMethod.Get, "/v2/ai/conversations"))["data"]!.AsArray());
    }

    private static async Task<List<string>> TalkAsync(HttpClient api, string assistant, params string[] typed)
    {
        var output = new StringWriter();
        var lines = new Queue<string>(typed);
        await new StoredTalk(api, output, TimeProvider.System)
            .RunAsync(assistant, _ => new(lines.TryDequeue(out string? line) ? line : null), Stop);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))];
    }
}
