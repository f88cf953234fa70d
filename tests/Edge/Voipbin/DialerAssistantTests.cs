using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Server;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Flows on a node with a language model, and assistants that the account keeps by the call API.</summary>
public sealed class DialerAssistantTests
{
    [Fact]
    public async Task An_assistant_of_the_account_does_a_task_and_one_that_is_not_there_cannot_be_named()
    {
        await using var told = await Sink.StartAsync();
        await using var rig = await ModelRig.ByRulesAsync("WHEN instructions SAY All done.");
        string assistant = await rig.MakeAsync("/v2/ai/assistants",
            new() { ["name"] = "a", ["model"] = "some/model", ["instructions"] = "Be brief." });
        await rig.SendAsync(HttpMethod.Post, "/v1.0/activeflows", new()
        {
            ["actions"] = new JsonArray(TaskOf(assistant["assistant-".Length..]), new JsonObject
            {
                ["type"] = "webhook_send",
                ["option"] = new JsonObject { ["uri"] = told.Url, ["sync"] = true, ["data"] = "${voipbin.ai.text}" },
            }),
        });
        await Eventually.TrueAsync(() => told.All.Count == 1, "the task is done");
        Assert.Equal("All done.", told.All[0].Text);
        Assert.Contains("Be brief.", rig.Asked[0]["messages"]![0]!.ToJsonString(), StringComparison.Ordinal);

        var (status, text) = await rig.AskAsync(HttpMethod.Post, "/v1.0/flows",
            new() { ["name"] = "f", ["actions"] = new JsonArray(TaskOf(Guid.NewGuid().ToString())) });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("names no assistant of this customer", text, StringComparison.Ordinal);
    }

    private static JsonObject TaskOf(string assistant) =>
        new() { ["type"] = "ai_task", ["option"] = new JsonObject { ["assistance_type"] = "ai", ["assistance_id"] = assistant } };
}
