using Ringwright.Calls;
using Ringwright.Store;

namespace Ringwright.Edge.Telnyx;

/// <summary>What an account is told of calls that tell codes, and what it is not.</summary>
public sealed class CodeCallEventTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private const string Hook = "https://93.184.216.34/codes", Code = "918273";
    private static uint _legs = 7_000;
    private readonly Texting _texts = new(host);

    /// <summary>The account has a number that calls may come from; every test has a day of its own.</summary>
    public async ValueTask InitializeAsync()
    {
        host.Speech.HasVoice = true;
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        host.Time.Advance(TimeSpan.FromDays(1));
        await _texts.NumberAsync(profile: null);
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>A code that goes this way, and the leg of its call.</summary>
    private async Task<(string Id, LegFacts Leg)> CalledAsync(string way, string number)
    {
        var profile = await host.SendAsync("POST", "/v2/verify_profiles",
            $$$"""{"name":"Shop","webhook_url":"{{{Hook}}}","call":{},"flashcall":{}}""");
        Assert.True(profile.Status == 200, profile.Text);
        string by = (string)profile.Data["id"]!;
        var asked = await host.SendAsync("POST", $"/v2/verifications/{way}",
            $$"""{"phone_number":"{{number}}","verify_profile_id":"{{by}}","custom_code":"{{Code}}"}""");
        Assert.True(asked.Status == 200, asked.Text);
        var dialled = host.Calls.Dials[^1];
        var facts = host.FactsOf("0", Interlocked.Increment(ref _legs));
        var leg = facts with { Direction = Direction.Outbound, From = dialled.From, To = dialled.To, Labels = dialled.Labels };
        await AppendAsync(new CallEvent.LegInitiated { Leg = leg, At = host.Now });
        return ((string)asked.Data["id"]!, leg);
    }

    private async Task AppendAsync(CallEvent happened) => Assert.True(await host.Ledger.AppendAsync(happened));

    private Task RingAsync(LegFacts leg) => AppendAsync(new CallEvent.LegRinging(180) { Leg = leg, At = host.Now });

    private async Task<LegFacts> AnswerAsync(LegFacts leg)
    {
        var answered = leg with { AnsweredAt = host.Now };
        await AppendAsync(new CallEvent.LegAnswered { Leg = answered, At = host.Now, Codec = "PCMU", SampleRate = 8000 });
        return answered;
    }

    private Task EndAsync(LegFacts leg, HangupCause cause) =>
        AppendAsync(new CallEvent.LegEnded { Leg = leg, At = host.Now, Cause = cause, By = HangupParty.Remote });

    private async Task<string> ToldAsync(string id)
    {
        var told = await _texts.ToldAsync(which: payload => (string?)payload["id"] == id, family: "verify.");
        Assert.All(told, one => Assert.Equal((Hook, "pending", "verification"),
            (one.Url, (string?)one.Payload["status"], (string?)one.Payload["record_type"])));
        Assert.All(told, one => Assert.Null(one.Payload["custom_code"]));
        return string.Join(", ", told.Select(one => $"{one.Type} {one.Payload["delivery_status"]}"));
    }

    [Theory]
    [InlineData(1, "verify.sent sent, verify.failed delivery_failed")]      // hung up before the code was said
    [InlineData(20, "verify.sent sent, verify.delivered delivered")]
    public async Task A_code_that_is_said_has_arrived_when_it_was_heard_once(int seconds, string expected)
    {
        var (id, leg) = await CalledAsync("call", "+12125550191");
        await RingAsync(leg);
        await RingAsync(leg);
        leg = await AnswerAsync(leg);
        host.Time.Advance(TimeSpan.FromSeconds(seconds));
        await EndAsync(leg, HangupCause.RemoteHangup);
        Assert.Equal(expected, await ToldAsync(id));
        foreach (var (_, payload, _, _) in await _texts.ToldAsync(which: payload => (string?)payload["id"] == id, family: "verify."))
        {
            Assert.Equal(("call", "+12125550191"), ((string?)payload["type"], (string?)payload["phone_number"]));
            Assert.DoesNotContain(Code, payload.ToJsonString(), StringComparison.Ordinal);
        }
        Assert.DoesNotContain(leg.Labels.Values.Values, value => value.Contains(Code, StringComparison.Ordinal));
        Assert.Empty(await _texts.ToldAsync(which: payload => (string?)payload["to"] == "+12125550191", family: "call."));
    }

    [Fact]
    public async Task A_call_that_nobody_takes_has_told_no_code()
    {
        var (id, leg) = await CalledAsync("call", "+12125550192");
        await EndAsync(leg, HangupCause.CalleeBusy);
        Assert.Equal("verify.failed delivery_failed", await ToldAsync(id));
    }

    [Theory]
    [InlineData(true, false, "verify.sent sent, verify.delivered delivered")]
    [InlineData(false, true, "verify.sent sent, verify.delivered delivered")]
    [InlineData(true, true, "verify.sent sent, verify.delivered delivered")]
    [InlineData(false, false, "verify.failed delivery_failed")]
    public async Task A_code_that_a_call_shows_has_arrived_when_it_rings(bool rings, bool isAnswered, string expected)
    {
        var (id, leg) = await CalledAsync("flashcall", "+12125550193");
        if (rings) await RingAsync(leg);
        if (isAnswered) leg = await AnswerAsync(leg);
        await EndAsync(leg, HangupCause.RingTimeout);
        Assert.Equal(expected, await ToldAsync(id));
    }
}
