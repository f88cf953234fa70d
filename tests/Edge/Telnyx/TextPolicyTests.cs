using System.Text.Json.Nodes;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>What the operator says of an account's texts: their hours, and what STOP means.</summary>
public sealed class TextPolicyTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);
    private string Path => $"/operator/v1/accounts/{host.Tenant}/text_policy";

    [Fact]
    public async Task What_cannot_arrive_while_it_is_valid_is_refused_and_hours_can_be_taken_away()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        Assert.Equal(404, (await OperatorAsync("GET")).Status);
        var usual = await OperatorAsync("PUT", "{}");
        Assert.True(usual.Status == 200, usual.Text);
        Assert.Equal(("08:00", "21:00"), ((string?)usual.Data["windows"]![0]!["start"], (string?)usual.Data["windows"]![0]!["end"]));
        (await OperatorAsync("PUT", """{"windows":[{"days":["mon"],"start":"25:00","end":"20:00"}]}""")).Refuses(422, "invalid");
        // All of the year that is looked at is closed.
        var dates = new JsonArray();
        for (int day = -2; day < 400; day++) dates.Add($"{host.Time.GetUtcNow().AddDays(day):yyyy-MM-dd}");
        var closed = await OperatorAsync("PUT", new JsonObject { ["excluded_dates"] = dates }.ToJsonString());
        Assert.True(closed.Status == 200, closed.Text);
        (await _texts.SendAsync(from, to, "at night")).Refuses(403, "10010");
        Assert.Equal(200, (await OperatorAsync("DELETE")).Status);
        Assert.Equal(404, (await OperatorAsync("DELETE")).Status);
        await _texts.SentAsync(from, to, "at any hour");
    }

    [Fact]
    public async Task Who_wants_no_more_texts_is_not_called_either_where_the_policy_says_so()
    {
        string own = await _texts.NumberAsync(await _texts.ProfileAsync());
        string caller = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        var set = await OperatorAsync("PUT", """{"windows":[],"stop_means_do_not_call":true}""");
        Assert.True(set.Status == 200, set.Text);
        Assert.True((bool)(await OperatorAsync("GET")).Data["stop_means_do_not_call"]!);
        await _texts.SentAsync(caller, own, "STOP", isStrangers: true);
        var entry = await Eventually.SomeAsync(async () =>
        {
            // It waits for the confirmation, and jobs that nobody rings for are looked for once a minute.
            host.Time.Advance(TimeSpan.FromSeconds(5));
            return await host.Store.DoNotCall.FindAsync(host.Tenant, caller, TestContext.Current.CancellationToken);
        }, "the number is on the list");
        Assert.Equal(DoNotCallSource.Message, entry.Source);
        // It is a list of whom was written to, and nobody else's.
        Assert.Null(await host.Store.DoNotCall.FindAsync(host.Stranger, caller, TestContext.Current.CancellationToken));
        Assert.Equal(200, (await OperatorAsync("DELETE")).Status);
    }

    private Task<Answer> OperatorAsync(string method, string? body = null) =>
        host.SendAsync(method, Path, body, TelnyxHost.OperatorKey);
}
