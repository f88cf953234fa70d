using System.Security.Cryptography;
using System.Text;
using Ringwright.Testing;
using static Ringwright.Interop.Cases.VirtualDialer;

namespace Ringwright.Interop.Cases;

/// <summary>More cases of the dialer's API by a clock that the test moves: lists, chains of campaigns, and what signs an event.</summary>
[Depth("the gate has the dialler's rules by a clock of their own, and campaigns and queues of this API on the wall's")]
[Collection(nameof(VirtualDialing))]
public sealed class VirtualListTests(VirtualNode node) : IAsyncLifetime
{
    private const string Busy = "+15550020", Person = "+15550000", Signature = "x-voipbin-signature";

    private VirtualDialer _dialer = null!;       // set before each test

    public async ValueTask InitializeAsync() => _dialer = await VirtualDialer.StartAsync(node);

    public ValueTask DisposeAsync() => _dialer.DisposeAsync();

    [Fact] // cases 59, 63
    public async Task Whoever_has_one_number_is_done_behind_its_tries_though_the_plan_has_some_for_others()
    {
        string list = await _dialer.ListAsync(Busy + "311"), plan = await _dialer.PlanAsync(2, interval: 1_000,
            more: ""","max_try_count_1":2,"max_try_count_2":2,"max_try_count_3":2,"max_try_count_4":2""");
        string campaign = await _dialer.CampaignAsync(list, plan);
        await _dialer.RunAsync(campaign);
        await _dialer.StoppedAsync(campaign);
        await _dialer.PassAsync(15);
        var calls = await _dialer.CallsAsync(campaign);
        Assert.Equal([(0, 1, "fail"), (0, 2, "fail")],
            calls.Select(call => ((int)call["destination_index"]!, (int)call["try_count"]!, (string)call["result"]!)));
        Assert.Equal("done", (string?)(await _dialer.TargetOfAsync(list))["status"]);
        Assert.Equal("exhausted", (string?)(await _dialer.AskAsync("GET", "campaigns/" + campaign))["stop_reason"]);
    }

    [Fact] // case 67
    public async Task Who_cannot_be_called_costs_his_own_try_and_the_next_one_is_called()
    {
        string list = await _dialer.ListAsync();
        await _dialer.AskAsync("POST", $"outdials/{list}/targets",
            """{"destination_0":{"type":"email","target":"ann@example.com"} }""");
        await _dialer.TargetAsync(list, (0, Talker(1)));
        string campaign = await _dialer.CampaignAsync(list, await _dialer.PlanAsync(1));
        await _dialer.RunAsync(campaign);
        await _dialer.StoppedAsync(campaign);
        var calls = await _dialer.CallsAsync(campaign);
        Assert.Equal([("email", "none", "fail"), ("tel", "call", "success")], calls.Select(call =>
            ((string)call["destination"]!["type"]!, (string)call["reference_type"]!, (string)call["result"]!)));
        Assert.Equal(VirtualDialer.Nobody, (string?)calls[0]["reference_id"]);
        Assert.Equal("exhausted", (string?)(await _dialer.AskAsync("GET", "campaigns/" + campaign))["stop_reason"]);
    }

    [Fact] // case 98
    public async Task Campaigns_that_would_follow_each_other_for_ever_are_refused()
    {
        string plan = await _dialer.PlanAsync(1), second = await _dialer.CampaignAsync(await _dialer.ListAsync(Talker(2)), plan);
        string first = await _dialer.CampaignAsync(await _dialer.ListAsync(Busy + "711"), plan,
            $$"""{"next_campaign_id":"{{second}}"}""");
        foreach (string next in new[] { first, second })
            await _dialer.RefusesAsync(400, "INVALID_ARGUMENT", "PUT", $"campaigns/{second}/next_campaign_id",
                $$"""{"next_campaign_id":"{{next}}"}""");
        Assert.Equal(VirtualDialer.Nobody, (string?)(await _dialer.AskAsync("GET", "campaigns/" + second))["next_campaign_id"]);
        await _dialer.RunAsync(first);
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(second)).Count == 1, "the next one calls");
        await _dialer.StoppedAsync(second);
        await _dialer.PassAsync(15);
        Assert.Equal((1, "stop"), ((await _dialer.CallsAsync(first)).Count, await _dialer.StatusAsync(first)));
    }

    [Fact] // cases 42, 45, 46
    public async Task Only_run_and_stop_are_statuses_to_ask_for_and_a_run_looks_at_the_plan_once_more()
    {
        string plan = await _dialer.PlanAsync(1), campaign = await _dialer.CampaignAsync(await _dialer.ListAsync(Person + "171"), plan);
        Assert.Equal("stop", (string?)(await _dialer.StopAsync(campaign))["status"]);
        foreach (string status in new[] { "stopping", "pause", "" }) await RefusesStatusAsync(status);
        await _dialer.AskAsync("DELETE", "outplans/" + plan);
        await RefusesStatusAsync("run");
        await _dialer.PassAsync(5);
        Assert.Equal("stop", await _dialer.StatusAsync(campaign));
        Assert.Empty(await _dialer.CallsAsync(campaign));
        await Eventually.TrueAsync(() => _dialer.TypesOf(campaign, "campaign_").Count > 0, "it is told that it was made");
        Assert.Equal(["campaign_created"], _dialer.TypesOf(campaign, "campaign_"));

        Task RefusesStatusAsync(string status) => _dialer.RefusesAsync(400, "INVALID_ARGUMENT", "PUT", $"campaigns/{campaign}/status",
            $$"""{"status":"{{status}}"}""");
    }

    [Fact] // case 101
    public async Task An_event_is_signed_byte_for_byte_where_there_is_a_secret_and_else_not_at_all()
    {
        const string secret = "a secret of the customer";
        await SignsAsync(secret);
        string signed = await _dialer.PlanAsync(1);
        await SignsAsync("");
        string plain = await _dialer.PlanAsync(1);
        await _dialer.PassAsync(2);
        var told = await ToldAsync(signed);
        string expected = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), told.Raw));
        Assert.Equal(expected, SignatureOf(told));
        Assert.Null(SignatureOf(await ToldAsync(plain)));

        Task SignsAsync(string by) => _dialer.AskAsync("PUT", "customer",
            $$"""{"name":"acme","webhook_uri":"{{_dialer.Hook.Root}}hook","signing_secret":"{{by}}"}""");
        Task<Webhook> ToldAsync(string plan) => Eventually.SomeAsync(() => ValueTask.FromResult(_dialer.Hook.Taken.FirstOrDefault(webhook =>
            (string?)webhook.Body["type"] is "outplan_created" && (string?)webhook.Body["data"]!["id"] == plan)), "the plan is told");
        static string? SignatureOf(Webhook webhook) => webhook.Headers
            .Where(header => header.Key.Equals(Signature, StringComparison.OrdinalIgnoreCase))
            .Select(header => header.Value.ToString()).FirstOrDefault();
    }
}
