using System.Diagnostics.Metrics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Faults;
using Ringwright.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

/// <summary>Calls out that were refused are seen: in the log and by a counter, and nobody floods either.</summary>
public sealed class RefusedDialsTests
{
    private const int Line = 2139;
    private static readonly DialRequest Request = EngineRig.Request("+4989456");
    private static readonly Dialled Broke = Dialled.Refused(Refusal.InsufficientFunds, "insufficient_funds", "Nothing is left.");

    private readonly Lines _log = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly RefusedDials _refused;

    public RefusedDialsTests() => _refused = new(_log, _clock);

    private string[] Told => [.. _log.Of(Line)];

    [Fact]
    public void An_account_has_a_line_a_minute_for_each_reason()
    {
        for (int i = 0; i < 50; i++) _refused.Note(Request, Broke);
        _refused.Note(Request, Dialled.Refused(Refusal.NoRoute, null, null));
        _refused.Note(Request with { Tenant = new(Guid.NewGuid()) }, Broke);
        Assert.Equal(3, Told.Length);
        _clock.Advance(TimeSpan.FromSeconds(61));
        _refused.Note(Request, Broke);
        Assert.Equal($"A call from ****0123 to ****9456 that account {EngineRig.Tenant} asked for was refused: insufficient_funds; "
            + "50 such of it since the last such line", Told[^1]);
        Assert.Contains(Told, line => line.Contains("refused: no_route;", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_told_otherwise_has_no_line()
    {
        _refused.Note(Request, Dialled.Refused(Refusal.Withdrawn, "withdrawn", "Gone."));
        Assert.Empty(Told);
    }

    [Fact]
    public async Task A_dial_that_the_gate_refuses_is_counted()
    {
        long counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name == "ringwright.dials.refused") to.EnableMeasurementEvents(instrument);
        };
        // Other tests count too: no rule of theirs has this name.
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var tag in tags)
                if (tag is { Key: "reason", Value: "rule_of_this_test" }) Interlocked.Add(ref counted, value);
        });
        listener.Start();
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(TestContext.Current.CancellationToken);
        rig.Gate = new(Refusal.SpendLimit, "rule_of_this_test", "No more today.");
        var dialled = await rig.Engine.Calls.DialAsync(EngineRig.Request("sip:bob@127.0.0.1:9"), TestContext.Current.CancellationToken);
        Assert.Equal(Refusal.SpendLimit, dialled.Ack.Refusal);
        Assert.Equal(1, Interlocked.Read(ref counted));
    }
}
