using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Digits go to a party in the way that its connection says.</summary>
public sealed class DigitMethodTests
{
    private readonly RecordingHost _host = new() { Digits = DigitMethod.Info };
    private readonly SendDigits _digits;
    private readonly ShardRig _rig = new();

    public DigitMethodTests() => _digits = new(_host);

    private string Informed => string.Concat(_host.Informed.Select(i => i.Key));

    private void Answer(bool isTaken = true) => _host.Informed[^1].Ended(isTaken);

    private void Wait(int milliseconds)
    {
        _host.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _digits.OnDue();
    }

    private string Establish(DigitMethod method)
    {
        _rig.Current = Snapshot(App with { Digits = method });
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        return ok;
    }

    [Fact]
    public void A_digit_waits_for_the_answer_to_the_one_before_and_for_its_time()
    {
        _digits.Start(new("123", 200));
        Assert.Equal(('1', 200), (_host.Informed[0].Key, _host.Informed[0].Milliseconds));
        Answer();
        Wait(299);
        Assert.Equal("1", Informed);
        Wait(1);
        Assert.Equal("12", Informed);
        Wait(5_000);
        Assert.Equal("12", Informed);
        Answer();
        Assert.Equal("123", Informed);
        Answer();
        Wait(300);
        Assert.Equal(Instant.Never, _digits.NextDue);
        Assert.Empty(_host.Commands);
    }

    [Fact]
    public void Pauses_are_kept()
    {
        _digits.Start(new("wW5", 100));
        Wait(499);
        Wait(1);
        Wait(999);
        Assert.Equal("", Informed);
        Wait(1);
        Assert.Equal("5", Informed);
    }

    [Fact]
    public void A_party_that_refuses_a_digit_gets_no_more_of_its_command()
    {
        _digits.Start(new("12"));
        _digits.Start(new("9"));
        Answer(isTaken: false);
        Assert.Equal("19", Informed);
        Answer(isTaken: false);
        _digits.Start(new("7"));
        Assert.Equal("197", Informed);
    }

    [Fact]
    public void Nothing_is_sent_into_a_dialog_that_is_gone()
    {
        _host.IsConnected = false;
        _digits.Start(new("12"));
        Assert.Equal(("", Instant.Never), (Informed, _digits.NextDue));
    }

    [Fact]
    public void An_answer_after_the_end_of_the_call_says_nothing()
    {
        _digits.Start(new("12"));
        _digits.Stop();
        Answer();
        Wait(10_000);
        Assert.Equal("1", Informed);
    }

    [Fact]
    public void A_key_of_a_bridged_party_is_sent_by_INFO()
    {
        _digits.Pass('#');
        _digits.Pass('5');
        Assert.Equal("#", Informed);
        Answer();
        Wait(200);
        Assert.Equal("#5", Informed);
    }

    [Fact]
    public void Digits_by_INFO_stay_in_the_dialog()
    {
        string ok = Establish(DigitMethod.Info);
        Assert.True(_rig.Command(new LegCommand.SendDigits("1w#", 150)).IsAccepted);
        string one = _rig.SentLast("INFO ");
        Assert.Equal((Header(ok, "Call-ID"), "application/dtmf-relay"), (Header(one, "Call-ID"), Header(one, "Content-Type")));
        Assert.EndsWith("\r\n\r\nSignal=1\r\nDuration=150\r\n", one);
        _rig.Receive(Response(one, "200 OK", tag: null));
        _rig.Advance(0.74);
        Assert.Equal(1, _rig.SentOnce("INFO "));
        _rig.Advance(0.02);
        Assert.EndsWith("\r\n\r\nSignal=#\r\nDuration=150\r\n", _rig.SentLast("INFO "));
        _rig.Receive(Response(_rig.SentLast("INFO "), "200 OK", tag: null));
        _rig.Media(new MediaEvent.KeyPassed(_rig.Leg, _rig.OpenPorts.Single(), '8'));
        _rig.Advance(0.3);
        Assert.Contains("Signal=8", _rig.SentLast("INFO "));
        Assert.DoesNotContain(_rig.Commands, c => c is MediaCommand.SendDigits);
        _rig.Receive(Inside(ok, "BYE", 3, "z9hG4bKbye"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_error_for_a_digit_leaves_the_call_alone()
    {
        string ok = Establish(DigitMethod.Info);
        _rig.Command(new LegCommand.SendDigits("12"));
        _rig.Receive(Response(_rig.SentLast("INFO "), "415 Unsupported Media Type", tag: null));
        _rig.Advance(10);
        Assert.Equal(1, _rig.SentOnce("INFO "));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
        _rig.Receive(Inside(ok, "BYE", 3, "z9hG4bKbye"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Media_is_told_to_send_tones()
    {
        Establish(DigitMethod.Tones);
        var plan = _rig.Commands.OfType<MediaCommand.Connect>().Last().Plan;
        Assert.Equal((DigitMethod.Tones, (byte?)101, null), (plan.Digits, plan.TelephoneEventType, plan.SentEventType));
    }

    [Theory]
    [InlineData(ConnectionKind.CallControl, "sip:bob@127.0.0.1:5070", false, DigitMethod.Info)]
    [InlineData(ConnectionKind.Credential, "+4989111", true, DigitMethod.Info)]
    [InlineData(ConnectionKind.Credential, "sip:bob@127.0.0.1:5070", false, DigitMethod.Events)]
    public void A_connection_speaks_for_its_own_side(ConnectionKind kind, string to, bool isDelivery, DigitMethod expected)
    {
        var connection = App with
        {
            Kind = kind,
            Digits = DigitMethod.Info,
            Sip = kind == ConnectionKind.CallControl ? null : new() { UserName = "desk" }
        };
        var plan = DialPlan.For(Snapshot(connection), Request(to) with { IsDelivery = isDelivery }, SipDomains.None);
        Assert.Equal(expected, Assert.Single(plan.Targets).Digits);
    }
}
