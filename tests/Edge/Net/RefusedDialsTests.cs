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
    public void Each_row_says_who_asked_for_what_and_why_and_counts_the_same_again()
    {
        _refused.Note(Request with { AskedBy = "parcels" }, Broke);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _refused.Note(Request with { Application = new(ApplicationKind.Flow, "1") }, Broke);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _refused.Note(Request with { AskedBy = "parcels" }, Broke);
        _refused.Note(Request, Dialled.Refused(Refusal.Withdrawn, "withdrawn", "Gone."));
        Assert.Equal([("parcels", 2L), ("flow", 1L)], _refused.List().Select(row => (row.AskedBy, row.Times)));
        var row = _refused.List()[0];
        Assert.Equal((EngineRig.Tenant, Request.From, Request.To, "insufficient_funds", "Nothing is left.", _clock.GetUtcNow()),
            (row.Tenant, row.From, row.To, row.Reason, row.Detail, row.At));
    }

    [Fact]
    public void Of_several_that_ring_each_that_does_not_has_a_row()
    {
        var others = Dialled.Refused(Refusal.NoRoute, null, null) with { LeftOut = [new("+4989457", Broke)] };
        _refused.Note(Request, others);
        Assert.Equal([(Request.To, "no_route"), ("+4989457", "insufficient_funds")],
            _refused.List().Select(row => (row.To, row.Reason)).OrderBy(row => row.To, StringComparer.Ordinal));
    }

    [Fact]
    public void An_account_has_twenty_rows_and_the_account_that_was_refused_longest_ago_makes_room()
    {
        for (int i = 0; i < 50; i++) _refused.Note(Request with { To = $"+49894{i:000}" }, Broke);
        Assert.Equal(RefusedDials.MostOfAccount, _refused.List().Count);
        Assert.Contains(_refused.List(), row => row.To == "+49894049");
        for (int i = 0; i < RefusedDials.MostAccounts; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _refused.Note(Request with { Tenant = new(Guid.NewGuid()) }, Broke);
        }
        Assert.Equal(RefusedDials.MostAccounts, _refused.List().Count);
        Assert.DoesNotContain(_refused.List(), row => row.Tenant == EngineRig.Tenant);
    }

    [Theory]
    [InlineData("sip:anna:secret@example.com", "sip:anna:****@example.com"), InlineData("sip:example.com:5070", "sip:example.com:5070")]
    [InlineData("sip:anna@example.com:5070", "sip:anna@example.com:5070"), InlineData("@:", "@:"), InlineData("", "")]
    public void A_password_in_an_address_is_not_shown(string dialled, string shown)
    {
        _refused.Note(Request with { To = dialled }, Broke);
        Assert.Equal(shown, Assert.Single(_refused.List()).To);
    }

    [Fact]
    public void What_was_dialled_is_cut_and_moves_no_cursor()
    {
        _refused.Note(Request with { To = "sip:\u001b[2J" + new string('x', 10_000) }, Broke);
        string to = Assert.Single(_refused.List()).To;
        Assert.StartsWith("sip:?[2Jx", to, StringComparison.Ordinal);
        Assert.Equal(RefusedDials.MostCharacters, to.Length);
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
        Assert.Equal(("rule_of_this_test", "webhook"), rig.Engine.RefusedDials.List().Select(row => (row.Reason, row.AskedBy)).Single());
    }
}
