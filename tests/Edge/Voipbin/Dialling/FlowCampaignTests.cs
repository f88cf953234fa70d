using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Core;
using Ringwright.Edge.Egress;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin.Dialling;

/// <summary>Campaigns of the type flow: their actions run for each target, and nobody is called.</summary>
public sealed class FlowCampaignTests : IAsyncLifetime
{
    private CampaignRig _rig = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await CampaignRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private static string Flow(string action) => $$"""{"type":"flow","actions":[{{action}}]}""";

    private static string Hook(string url) =>
        """{"type":"webhook_send","option":{"uri":"URL","sync":true,"data":"${voipbin.outdialtarget.name}"}}"""
            .Replace("URL", url, StringComparison.Ordinal);

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A_flow_runs_for_each_target_without_a_call_and_what_needs_one_is_passed_over()
    {
        // Cases 94, 95.
        await using var asked = await Sink.StartAsync();
        string list = await _rig.ListAsync("wait", "busy");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(2), Flow(
            """{"type":"talk","option":{"text":"x"}},{"type":"sleep","option":{"duration":60000}},""" + Hook(asked.Url)));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Equal(["busy", "wait"], asked.All.Select(received => received.Text).Order());
        Assert.Empty(_rig.Uas.Calls);
        var calls = await _rig.CallsAsync(campaign);
        Assert.Equal(2, calls.Count);
        Assert.All(calls, call =>
        {
            Assert.Equal(("none", CampaignRig.Nobody, "done", "success"), ((string?)call["reference_type"], (string?)call["reference_id"],
                (string?)call["status"], (string?)call["result"]));
            Assert.Equal((0, 1, "sip"), ((int)call["destination_index"]!, (int)call["try_count"]!, (string?)call["destination"]!["type"]));
        });
        foreach (int at in new[] { 0, 1 })
        {
            var target = await _rig.TargetOfAsync(list, at);
            Assert.Equal(("done", 1), ((string?)target["status"], (int)target["try_count_0"]!));
        }
        Assert.Equal("exhausted", (string?)(await _rig.Host.DoneAsync("GET", "/campaigns/" + campaign))["stop_reason"]);

        string id = (string)calls[0]["id"]!;
        var run = await _rig.Host.DoneAsync("GET", "/activeflows/" + (string)calls[0]["activeflow_id"]!);
        Assert.Equal(("campaign", id, "ended"), ((string?)run["reference_type"], (string?)run["reference_id"], (string?)run["status"]));
        Assert.Equal(["webhook_send"], run["executed_actions"]!.AsArray().Select(action => (string)action!["type"]!));
        await _rig.EventuallyAsync(() => _rig.OfId(id).Count() == 3, "three events of the campaigncall");
        Assert.Equal([("campaigncall_created", "dialing"), ("campaigncall_updated", "progressing"), ("campaigncall_updated", "done")],
            _rig.OfId(id).Select(told => ((string)told["type"]!, (string)told["data"]!["status"]!)));
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A_flow_knows_its_campaign_its_list_and_whom_it_is_for()
    {
        await using var asked = await Sink.StartAsync();
        string list = (string)(await _rig.Host.DoneAsync("POST", "/outdials", """{"name":"spring","data":"of 2026"}"""))["id"]!;
        string target = (string)(await _rig.Host.DoneAsync("POST", $"/outdials/{list}/targets", """
            {"name":"Ada","detail":"a friend","data":"{\"due\":\"42.00\"}","destination_0":{"type":"sip","target":"ada@192.0.2.7"} }
            """))["id"]!;
        string[] names =
        [
            "campaign.id", "campaign.name", "campaigncall.id", "campaigncall.destination_index", "campaigncall.try_count", "outdial.id",
            "outdial.name", "outdial.data", "outdialtarget.id", "outdialtarget.name", "outdialtarget.detail", "outdialtarget.data",
        ];
        string said = string.Join('|', names.Select(name => "${voipbin." + name + "}")) + "|${target.due}";
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1),
            Flow($$"""{"type":"webhook_send","option":{"uri":"{{asked.Url}}","sync":true,"data":"{{said}}"} }"""));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        string call = (string)Assert.Single(await _rig.CallsAsync(campaign))["id"]!;
        Assert.Equal($"{campaign}|campaign|{call}|0|1|{list}|spring|of 2026|{target}|Ada|a friend|{{\"due\":\"42.00\"}}|42.00",
            Assert.Single(asked.All).Text);
    }

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task A_flow_that_fails_is_tried_again_by_the_plan()
    {
        int times = 0;
        await using var server = await Sink.StartAsync(async (_, context) =>
        {
            if (Interlocked.Increment(ref times) == 1) context.Response.StatusCode = 500;
            else await context.Response.WriteAsync("[]", context.RequestAborted);
        });
        string list = await _rig.ListAsync("wait");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(3, interval: 500),
            Flow($$"""{"type":"fetch","option":{"event_url":"{{server.Url}}"} }"""));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Equal([(1, "fail"), (2, "success")], (await _rig.CallsAsync(campaign)).Reverse()
            .Select(call => ((int)call["try_count"]!, (string)call["result"]!)));
        var target = await _rig.TargetOfAsync(list);
        Assert.Equal(("done", 2), ((string?)target["status"], (int)target["try_count_0"]!));
        Assert.Equal(2, server.All.Count);
        var stats = await _rig.Host.DoneAsync("GET", $"/campaigns/{campaign}/stats");
        Assert.Equal((1, 1), ((int)stats["attempts"]!["reasons"]!["failed"]!, (int)stats["attempts"]!["reasons"]!["normal"]!));
    }

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task A_stop_lets_flows_go_on_and_with_hangup_ends_them()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await Sink.StartAsync(async (_, context) => await gone.Task.WaitAsync(context.RequestAborted));
        string list = await _rig.ListAsync("wait");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(2), Flow(Hook(slow.Url) + "," + Hook(slow.Url)));
        await _rig.RunAsync(campaign);
        await _rig.EventuallyAsync(() => slow.All.Count == 1, "it is asked");
        Assert.Equal("progressing", (string?)Assert.Single(await _rig.CallsAsync(campaign))["status"]);
        Assert.Equal("stopping", (string?)(await _rig.StopAsync(campaign))["status"]);
        Assert.Equal("progressing", (string?)Assert.Single(await _rig.CallsAsync(campaign))["status"]);
        await _rig.StopAsync(campaign, hangsUp: true);
        await _rig.StoppedAsync(campaign);
        var call = Assert.Single(await _rig.CallsAsync(campaign));
        Assert.Equal(("done", "success"), ((string?)call["status"], (string?)call["result"]));
        Assert.Single(slow.All);
        gone.SetResult();
    }

    [Fact]
    public async Task What_a_dead_process_has_left_fails_and_is_not_done_again()
    {
        string list = await _rig.ListAsync("wait"), campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(5), Flow(""));
        var store = _rig.Host.Node.Node.Database;
        var tenant = new TenantId(Guid.Parse((string)(await _rig.Host.DoneAsync("GET", "/customer"))["id"]!));
        var target = Guid.Parse((string)(await _rig.TargetOfAsync(list))["id"]!);
        DialAttempt attempt;
        do
        {
            var now = store.Time.GetUtcNow();
            attempt = new()
            {
                Id = Guid.CreateVersion7(now), Tenant = tenant, Campaign = Guid.Parse(campaign), List = Guid.Parse(list), Target = target,
                Number = DialAttempt.AloneFor(target), From = "", Destination = 0, Try = 1, ClaimedAt = now, Evidence = [], Refs = [],
            };
            Assert.Single(await store.DialAttempts.ClaimAsync([attempt], store.Node.Node, Stop));
        }
        while (!await store.DialAttempts.BeginAloneAsync(attempt, store.Time.GetUtcNow(), Stop));    // or it has been given back already
        await _rig.EventuallyAsync(async () =>
            (string?)(await _rig.Host.DoneAsync("GET", "/campaigncalls/" + attempt.Id))["status"] is "done", "it is over");
        Assert.Equal("fail", (string?)(await _rig.Host.DoneAsync("GET", "/campaigncalls/" + attempt.Id))["result"]);
        Assert.Equal("done", (string?)(await _rig.TargetOfAsync(list))["status"]);
    }
}
