using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

/// <summary>A number's voicemail and its PIN: who sees it, and how often it may be guessed.</summary>
public sealed class VoicemailTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Another = """{"enabled":true,"pin":"1111"}""";
    private static long _counter = 2000000000000000900;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<(string Path, VoiceMailbox Mailbox)> NumberAsync()
    {
        long id = Interlocked.Increment(ref _counter);
        string text = $"+1555018{id % 10_000:0000}";
        await host.Store.Numbers.ImportAsync([Imported.Number(new(text, host.Tenant, null), id, host.Time.GetUtcNow())], Stop);
        return ($"/v2/phone_numbers/{id}/voicemail", new(host.Tenant, text));
    }

    private VoiceMailbox? Routed(VoiceMailbox mailbox) => host.Store.Routing.Current is var routing
        && routing.FindNumber(mailbox.Number) is { } number ? routing.FindMailbox(number) : null;

    [Fact]
    public async Task It_is_there_when_somebody_has_made_it_and_calls_meet_it_while_it_is_on()
    {
        var (path, mailbox) = await NumberAsync();
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
        (await host.SendAsync("PATCH", path, """{"enabled":true}""")).Refuses(404, "10005");
        Assert.Null(Routed(mailbox));

        var made = await host.SendAsync("POST", path, """{"enabled":true,"pin":"4321"}""");
        Assert.Equal((200, true, "4321"), (made.Status, (bool?)made.Data["enabled"], (string?)made.Data["pin"]));
        Assert.Equal(mailbox, Routed(mailbox));
        var changed = await host.SendAsync("PATCH", path, """{"enabled":false}""");
        Assert.Equal((false, "4321"), ((bool?)changed.Data["enabled"], (string?)changed.Data["pin"]));
        Assert.Equal(changed.Text, (await host.SendAsync("GET", path)).Text);
        Assert.Null(Routed(mailbox));
        Assert.Equal("", (string?)(await host.SendAsync("PATCH", path, """{"pin":""}""")).Data["pin"]);
    }

    [Theory]
    [InlineData("""{"pin":"123"}""", "10015")]
    [InlineData("""{"pin":"12345678901"}""", "10015")]
    [InlineData("""{"pin":"12a4"}""", "10015")]
    [InlineData("""{"pin":1234}""", "10020")]
    public async Task A_pin_is_four_to_ten_digits(string body, string code) =>
        (await host.SendAsync("POST", (await NumberAsync()).Path, body)).Refuses(422, code, "/pin");

    [Fact]
    public async Task Neither_a_reader_nor_another_account_nor_the_trail_sees_the_pin()
    {
        var (path, mailbox) = await NumberAsync();
        await host.SendAsync("POST", path, """{"enabled":true,"pin":"86420"}""");
        string reader = "KEY0123456789_reader" + mailbox.Number[1..];
        await host.Store.ApiKeys.CreateAsync(host.Tenant, reader, KeyRole.Reader, "wall board", Stop);
        var read = await host.SendAsync("GET", path, key: reader);
        Assert.Equal((200, true), (read.Status, (bool?)read.Data["enabled"]));
        Assert.DoesNotContain("86420", read.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("86420", (await host.SendAsync("GET", "/v2/audit_events")).Text, StringComparison.Ordinal);
        foreach (string method in new[] { "GET", "POST", "PATCH" })
            (await host.SendAsync(method, path, method == "GET" ? null : Another, TelnyxHost.OtherTenantKey))
                .Refuses(404, "10005");
        Assert.Equal("86420", (await host.Store.MailboxSettings.FindAsync(host.Tenant, mailbox.Number, Stop))!.Pin);
    }

    [Fact]
    public async Task Ten_wrong_pins_lock_it_for_a_while_and_a_right_one_before_forgives_them()
    {
        var (path, mailbox) = await NumberAsync();
        await host.SendAsync("POST", path, """{"enabled":true,"pin":"4321"}""");
        for (int i = 1; i < MailboxLimits.PinFailures; i++) Assert.Equal(PinJudged.Wrong, await JudgeAsync("0000"));
        Assert.Equal(PinJudged.Right, await JudgeAsync("4321"));
        var guesses = await Task.WhenAll(Enumerable.Range(0, 15).Select(i => JudgeAsync($"{1000 + i}").AsTask()));
        Assert.Equal((10, 5), (guesses.Count(g => g is PinJudged.Wrong), guesses.Count(g => g is PinJudged.Locked)));
        Assert.Equal(PinJudged.Locked, await JudgeAsync("4321"));
        host.Time.Advance(MailboxLimits.PinLock);
        Assert.Equal(PinJudged.Right, await JudgeAsync("4321"));

        // What a stranger asks for is another mailbox, if one at all.
        Assert.Equal(PinJudged.None, await host.Store.Mailboxes.JudgeAsync(mailbox with { Tenant = new(Guid.NewGuid()) }, "4321", Stop));
        await host.SendAsync("PATCH", path, """{"enabled":false}""");
        Assert.Equal(PinJudged.None, await JudgeAsync("4321"));

        ValueTask<PinJudged> JudgeAsync(string pin) => host.Store.Mailboxes.JudgeAsync(mailbox, pin, Stop);
    }

    [Fact]
    public async Task A_pin_that_is_guessed_at_is_locked_for_longer_each_time_until_the_right_one()
    {
        var (path, mailbox) = await NumberAsync();
        await host.SendAsync("POST", path, """{"enabled":true,"pin":"4321"}""");
        foreach (int quarters in (int[])[1, 2, 4])
        {
            for (int i = 0; i < MailboxLimits.PinFailures; i++) Assert.Equal(PinJudged.Wrong, await JudgeAsync("0000"));
            host.Time.Advance(MailboxLimits.PinLock * quarters - TimeSpan.FromSeconds(1));
            Assert.Equal(PinJudged.Locked, await JudgeAsync("4321"));
            host.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(PinJudged.Right, await JudgeAsync("4321"));
        for (int i = 0; i < MailboxLimits.PinFailures; i++) Assert.Equal(PinJudged.Wrong, await JudgeAsync("0000"));
        host.Time.Advance(MailboxLimits.PinLock);
        Assert.Equal(PinJudged.Right, await JudgeAsync("4321"));
        Assert.Equal(MailboxLimits.LongestPinLock, MailboxLimits.PinLockAfter(1_000_000));

        ValueTask<PinJudged> JudgeAsync(string pin) => host.Store.Mailboxes.JudgeAsync(mailbox, pin, Stop);
    }

    [Fact]
    public async Task A_number_that_goes_takes_its_voicemail_along()
    {
        var (path, mailbox) = await NumberAsync();
        await host.SendAsync("POST", path, """{"enabled":true,"pin":"4321"}""");
        Assert.Equal(Ringwright.Store.Resources.WriteOutcome.Done,
            await host.Store.Numbers.Records.RemoveAsync(host.Tenant, path.Split('/')[3], work: null, Stop));
        Assert.Null(await host.Store.MailboxSettings.FindAsync(host.Tenant, mailbox.Number, Stop));
        Assert.DoesNotContain(mailbox, host.Store.Routing.Current.Mailboxes);
    }
}
