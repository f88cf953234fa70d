using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Admission;
using Ringwright.Admission.Rating;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

/// <summary>Live calls whose money runs out, or whose account is switched off.</summary>
public sealed class AccountWatchTests : GateRig
{
    private readonly Orders _orders = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private AccountWatch Watch(DialGate gate, OutOfMoney what = OutOfMoney.End) =>
        new(gate, _orders, what, TimeSpan.FromSeconds(1), Clock, NullLogger.Instance);

    private CallAttempt Answered(DialGate gate, CallAttempt? call = null)
    {
        call ??= Ask("+15550001234");
        Assert.True(gate.Enter(call).IsOpen);
        gate.Answered(call.Leg);
        return call;
    }

    /// <summary>Looks twice a second until something ends, and gives the seconds until then.</summary>
    private async Task<double?> UntilEndAsync(AccountWatch watch, double most = 600)
    {
        for (double passed = 0; passed <= most; passed += 0.5)
        {
            await watch.LookAsync(Stop);
            if (_orders.Ended.Count > 0) return passed;
            Clock.Advance(TimeSpan.FromSeconds(0.5));
        }
        return null;
    }

    [Theory]
    [InlineData("+1,1,60,60", 3_000_000, 179)]
    [InlineData("+1,1,60,60", 3_999_999, 179)]
    [InlineData("+1,60,1,1", 3_000_000, 2)]
    [InlineData("+1,60,1,1", 30_000_000, 29)]
    [InlineData("+1,1,30,6", 1_000_000, 59)]
    public async Task A_call_ends_a_second_before_the_interval_that_nobody_pays_for(string rates, long balance, double seconds)
    {
        var gate = Gate(rates: rates, accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]);
        gate.Load(new([(TenantA, new(balance, "USD"))], []));
        var call = Answered(gate);
        Assert.Equal(seconds, await UntilEndAsync(Watch(gate)));
        var (leg, hangup) = Assert.Single(_orders.Ended);
        Assert.Equal((call.Leg, HangupCause.InsufficientFunds), (leg, hangup.Cause));
        Assert.Contains("does not pay", hangup.Evidence, StringComparison.Ordinal);
        // It was told before, once.
        Assert.Contains("(insufficient_funds)", Assert.Single(_orders.Told).Note.Text, StringComparison.Ordinal);
        Assert.InRange(gate.HeldMicros(TenantA, "USD"), 0, balance);
    }

    [Fact]
    public async Task Its_next_interval_is_held_ahead_and_given_back_when_it_ends_before()
    {
        var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]);
        gate.Load(new([(TenantA, new(2_000_000, "USD"))], []));
        var watch = Watch(gate);
        var call = Answered(gate);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await watch.LookAsync(Stop);
        Assert.Equal(2_000_000, gate.HeldMicros(TenantA, "USD"));
        Assert.Equal("insufficient_funds", gate.Enter(Ask("+15550001234")).Rule);
        End(gate, call, 1_000_000);
        Assert.Equal(0, gate.HeldMicros(TenantA, "USD"));
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
    }

    [Fact]
    public async Task Money_that_comes_in_time_lets_it_go_on()
    {
        var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]);
        gate.Load(new([(TenantA, new(1_000_000, "USD"))], []));
        var watch = Watch(gate);
        Answered(gate);
        Clock.Advance(TimeSpan.FromSeconds(55));
        await watch.LookAsync(Stop);
        Assert.Single(_orders.Told);
        gate.Paid(TenantA, new(1_000_000, "USD"));
        Assert.Equal(64, await UntilEndAsync(watch));       // and the 55 that had passed
        Assert.Equal(2, _orders.Told.Count);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_cap_of_the_day_ends_it_too_as_it_is_now(bool isProfiles)
    {
        var gate = Gate(rates: "+1,1,60,60", tenantSpend: isProfiles ? null : 2_000_000,
            profile: Spender with { DailySpendLimitMicros = isProfiles ? 2_000_000 : null });
        Answered(gate);
        Assert.Equal(119, await UntilEndAsync(Watch(gate)));
        Assert.Contains("spend limit of the day", _orders.Ended[0].Hangup.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_limit_or_where_the_node_lets_it_go_on_it_does()
    {
        var free = Gate(rates: "+1,1,60,60");
        Answered(free);
        Assert.Null(await UntilEndAsync(Watch(free)));
        var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 1_000_000 }]);
        Answered(gate);
        Assert.Null(await UntilEndAsync(Watch(gate, OutOfMoney.GoOn)));
        Assert.Empty(_orders.Told);
    }

    [Theory, InlineData(OutOfMoney.Tone, 1), InlineData(OutOfMoney.End, 0)]
    public async Task Tones_are_heard_where_the_node_says_so(OutOfMoney what, int tones)
    {
        var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 1_000_000 }]);
        Answered(gate);
        Assert.Equal(59, await UntilEndAsync(Watch(gate, what)));
        Assert.Equal(tones, _orders.All.Count(order => order.Command is LegCommand.Play { IsOverlay: true, IsReported: false }));
    }

    [Fact]
    public async Task Whoever_is_switched_off_has_no_calls_any_longer_but_a_phones_for_help()
    {
        Gate(isChildDisabled: true);
        var after = Routing.Current;
        var gate = Gate();
        CallAttempt help = ChildAsk() with { To = "911", IsFromPhone = true }, other = Ask("+15550001234"), theirs = ChildAsk();
        foreach (var call in new[] { help, other, theirs }) Assert.True(gate.Enter(call).IsOpen);
        var watch = Watch(gate);
        await watch.LookAsync(Stop);
        Assert.Empty(_orders.Ended);
        Routing.Current = after;
        await watch.LookAsync(Stop);
        await watch.LookAsync(Stop);
        var (leg, hangup) = Assert.Single(_orders.Ended);
        Assert.Equal((theirs.Leg, HangupCause.AccountStopped), (leg, hangup.Cause));
    }

    /// <summary>Whatever is dialled, answered and hung up, and whenever money comes: what is charged never passes what is there.</summary>
    [Theory, Seeds(30)]
    public async Task A_balance_never_falls_below_nothing(ulong seed)
    {
        var rng = new Rng(seed);
        string[] sheets = ["+1,1,60,60", "+1,6,1,1", "+1,1,30,6", "+1,0.77,60,1"];
        string sheet = sheets[rng.Next(sheets.Length)];
        var rate = RateSheet.Read(new StringReader(sheet), new() { EffectiveFrom = DateTimeOffset.UnixEpoch }).Rates[0].Rate;
        var gate = Gate(rates: sheet, accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }]);
        long balance = 1_000_000 + rng.Next(5_000_000);
        gate.Load(new([(TenantA, new(balance, "USD"))], []));
        var watch = Watch(gate);
        var live = new Dictionary<LegId, (CallAttempt Call, double At)>();
        for (double now = 0; now < 400; now += 0.5)
        {
            await watch.LookAsync(Stop);
            foreach (var (leg, _) in _orders.Ended)
                if (live.ContainsKey(leg)) Close(leg);
            _orders.Ended.Clear();
            if (rng.Next(2) == 0 && Ask("+15550001234") is var call && gate.Enter(call).IsOpen)
            {
                if (rng.Next(4) == 0) gate.Leave(call.Leg);
                else
                {
                    gate.Answered(call.Leg);
                    live.Add(call.Leg, (call, now));
                }
            }
            if (live.Count > 0 && rng.Next(20) == 0) Close(live.Keys.ElementAt(rng.Next(live.Count)));
            if (rng.Next(60) == 0)
            {
                balance += 500_000;
                gate.Paid(TenantA, new(500_000, "USD"));
            }
            Clock.Advance(TimeSpan.FromSeconds(0.5));

            void Close(LegId leg)
            {
                live.Remove(leg, out var ended);
                long micros = rate.PriceOf((long)Math.Ceiling(now - ended.At));
                balance -= micros;
                Assert.True(balance >= 0, $"{balance} after a call of {now - ended.At} s");
                End(gate, ended.Call, micros);
            }
        }
    }

    private sealed class Orders : ICallControl
    {
        public List<(LegId Leg, LegCommand Command)> All { get; } = [];
        public List<(LegId Leg, LegCommand.Hangup Hangup)> Ended { get; } = [];
        public List<(LegId Leg, LegCommand.Note Note)> Told { get; } = [];

        public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => throw new NotSupportedException();

        public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
        {
            var leg = new LegId(to.Value);
            All.Add((leg, (LegCommand)command));
            if (command is LegCommand.Hangup hangup) Ended.Add((leg, hangup));
            if (command is LegCommand.Note note) Told.Add((leg, note));
            return new(Ack.Accepted);
        }
    }
}
