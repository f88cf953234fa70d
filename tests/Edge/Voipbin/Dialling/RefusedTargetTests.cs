using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Voipbin.Dialling;

/// <summary>Of whom a CSV says that nobody is to call him, while lists that came before it have him; and who is deleted.</summary>
public sealed class RefusedTargetTests : IAsyncLifetime
{
    /// <summary>Whose claims this one does not give back.</summary>
    private const int OtherNode = 77;

    private CampaignRig _rig = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await CampaignRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    /// <summary>A client makes a list for each file.</summary>
    [Fact]
    public async Task Who_waits_on_whatever_list_of_the_customer_by_whatever_address_is_done_and_told_of()
    {
        string first = await _rig.ListAsync(), second = await _rig.ListAsync(), third = await _rig.ListAsync();
        var made = await ImportAsync(first, "name,destination_0,destination_1\nA,+15550001111,\nB,+15550001112,+15550001113\n");
        Assert.Equal((2, null), ((int)made["added"]!, (int?)made["taken_out"]));
        foreach (string address in new[]
            {
                """{"type":"tel","target":"+15550001111"}""", """{"type":"sip","target":"+15550001111@carrier.example"}""",
                """{"type":"tel","target":"+15550001119"}""",
            })
            await _rig.Host.DoneAsync("POST", $"/outdials/{second}/targets", $$"""{"destination_0":{{address}} }""");
        string theirs = (string)(await _rig.Host.DoneAsync("POST", "/outdials", """{"name":"theirs"}""", _rig.Host.Second))["id"]!;
        await _rig.Host.DoneAsync("POST", $"/outdials/{theirs}/targets",
            """{"destination_0":{"type":"tel","target":"+15550001111"} }""", _rig.Host.Second);

        const string refusals = "name,destination_0,DNC\nX,+1 (555) 000-1111,Yes\nY,+15550001113,1\nZ,+15550001114,\n";
        var told = await ImportAsync(third, refusals);
        Assert.Equal((1, 2, 4), ((int)told["added"]!, (int)told["refused_count"]!, (int?)told["taken_out"]));
        Assert.Equal(["done", "done"], await StatusesAsync(first));
        Assert.Equal(["done", "done", "idle"], await StatusesAsync(second));
        Assert.Equal(["idle"], await StatusesAsync(third));
        Assert.Equal(["idle"], await StatusesAsync(theirs, _rig.Host.Second));
        string done = (string)(await _rig.TargetOfAsync(first))["id"]!;
        await _rig.EventuallyAsync(() => _rig.OfId(done).Any(one => (string?)one["type"] is "outdialtarget_updated"
            && (string?)one["data"]!["status"] == "done"), "it is told");
        // Said again it changes nothing.
        Assert.Null((int?)(await ImportAsync(third, refusals))["taken_out"]);

        // Who begins the list anew does not mean him; who names him does.
        await _rig.Host.DoneAsync("POST", $"/outdials/{first}/reset");
        Assert.Equal(["done", "done"], await StatusesAsync(first));
        await _rig.Host.DoneAsync("POST", $"/outdials/{first}/targets/{done}/reset");
        Assert.Equal(["done", "idle"], await StatusesAsync(first));
    }

    /// <summary>As CRMs have it: nobody is called by such a cell, and the row is of him all the same.</summary>
    [Theory, InlineData("+1 (555) 000-1111 x12"), InlineData("0015550001111"), InlineData("tel:+1-555-000-1111;ext=12")]
    public async Task Whom_a_row_refuses_at_an_extension_or_as_from_abroad_is_called_no_more_at_the_number(string cell)
    {
        string list = await _rig.ListAsync();
        await ImportAsync(list, "destination_0\n+15550001111\n+15550001112\n");
        var told = await ImportAsync(await _rig.ListAsync(), $"destination_0,DNC\n{cell},Yes\n+15550001111,\n");
        Assert.Equal((0, 2, 1), ((int)told["added"]!, (int)told["refused_count"]!, (int?)told["taken_out"]));
        Assert.Equal(["done", "idle"], await StatusesAsync(list));
    }

    [Fact]
    public async Task Who_waits_for_a_retry_is_not_called_again_and_his_campaign_comes_to_its_end()
    {
        string list = await _rig.ListAsync("busy"), campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(2, interval: 600_000));
        await _rig.RunAsync(campaign);
        await _rig.EventuallyAsync(async () => await _rig.TargetOfAsync(list) is var target && (string?)target["status"] is "idle"
            && (int)target["try_count_0"]! == 1, "he waits");
        var told = await ImportAsync(await _rig.ListAsync(), $"destination_0,DNC\n{_rig.Uas.At("busy")},Yes\n");
        Assert.Equal((0, 1), ((int)told["added"]!, (int?)told["taken_out"]));
        await _rig.StoppedAsync(campaign);
        Assert.Equal("exhausted", (string?)(await _rig.Host.DoneAsync("GET", "/campaigns/" + campaign))["stop_reason"]);
        Assert.Single(_rig.Uas.Calls);
    }

    /// <summary>Some node has its claim, and no leg yet.</summary>
    [Fact]
    public async Task Who_is_deleted_while_somebody_is_about_to_dial_him_is_not_called()
    {
        string list = await _rig.ListAsync(), target = await _rig.TargetAsync(list, "ok-1");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1));
        var shown = await _rig.Host.DoneAsync("GET", "/campaigns/" + campaign);
        var attempts = _rig.Host.Node.Node.Database.DialAttempts;
        var claimed = new DialAttempt
        {
            Id = Guid.NewGuid(), Tenant = new(Guid.Parse((string)shown["customer_id"]!)), Campaign = Guid.Parse(campaign),
            List = Guid.Parse(list), Target = Guid.Parse(target), Number = _rig.Uas.At("ok-1"), From = CampaignRig.Source, Destination = 0,
            Try = 1, ClaimedAt = DateTimeOffset.UtcNow, Evidence = [], Refs = [],
        };
        Assert.Single(await attempts.ClaimAsync([claimed], OtherNode, Stop));
        await _rig.Host.DoneAsync("DELETE", $"/outdials/{list}/targets/{target}");
        var now = (await attempts.FindAsync(claimed.Tenant, claimed.Id, Stop))!;       // it was claimed
        Assert.Equal((AttemptState.Returned, "too_late"), (now.State, now.Reason));
        Assert.Equal("fail", (string?)(await _rig.Host.DoneAsync("GET", $"/campaigncalls/{claimed.Id}"))["result"]);
    }

    private async Task<IEnumerable<string>> StatusesAsync(string list, string? accesskey = null) =>
        (await _rig.Host.DoneAsync("GET", $"/outdials/{list}/targets", null, accesskey))["result"]!.AsArray()
            .Select(target => (string)target!["status"]!).Order(StringComparer.Ordinal);

    private async Task<JsonObject> ImportAsync(string list, string csv)
    {
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var response = await _rig.Host.SendAsync("POST", $"/v1.0/outdials/{list}/targets/bulk?accesskey={_rig.Host.First}", content);
        string text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!.AsObject();
    }
}
