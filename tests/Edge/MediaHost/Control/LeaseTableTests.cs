using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.MediaHost.Control;

namespace Ringwright.Edge.MediaHost.Control;

public sealed class LeaseTableTests
{
    private static readonly Subject Leg = new LegId(7);

    private readonly LeaseTable _table = new(ranges: [1_000], warmPairs: 4);

    [Fact]
    public void Nothing_is_leased_before_a_process_is_there_and_after_it_has_stopped()
    {
        Assert.False(_table.TryTake(Leg, 0, out _));
        _table.Begin(1, [3]);
        _table.Stop();
        Assert.False(_table.TryTake(Leg, 0, out _));
    }

    [Fact]
    public void Each_lease_of_a_port_has_an_id_of_its_own()
    {
        _table.Begin(5, [3]);
        Assert.True(_table.TryTake(Leg, 0, out var first));
        Assert.False(_table.TryTake(Leg, 0, out _));
        _table.Release(first);
        Assert.True(_table.TryTake(Leg, 0, out var second));
        Assert.Equal((5u, 3, 5u, 3), (first.Epoch, first.Index, second.Epoch, second.Index));
        Assert.NotEqual(first, second);
        Assert.Equal(LeaseState.Unknown, _table.Judge(first, isClose: false, out _));
    }

    [Fact]
    public void A_lease_of_a_process_that_is_gone_is_lost_until_its_leg_gives_it_up()
    {
        _table.Begin(1, [3, 4]);
        _table.TryTake(Leg, 0, out var port);
        Assert.Equal([(port, Leg)], _table.Lose());
        Assert.Equal(LeaseState.Lost, _table.Judge(port, isClose: false, out var owner));
        Assert.Equal(Leg, owner);
        _table.Begin(2, [3, 4]);
        Assert.Equal(LeaseState.Lost, _table.Judge(port, isClose: true, out _));
        Assert.Equal(LeaseState.Unknown, _table.Judge(port, isClose: true, out _));
        Assert.Equal(0, _table.Held);
    }

    [Fact]
    public void A_lease_that_was_being_closed_is_told_and_forgotten()
    {
        _table.Begin(1, [3]);
        _table.TryTake(Leg, 0, out var port);
        Assert.Equal(LeaseState.Held, _table.Judge(port, isClose: true, out _));
        Assert.Equal([(port, Leg)], _table.Lose());
        Assert.Equal(0, _table.Held);
    }

    [Fact]
    public void What_is_lost_is_told_once_however_many_processes_follow()
    {
        _table.Begin(1, [3]);
        _table.TryTake(Leg, 0, out _);
        Assert.Single(_table.Lose());
        _table.Begin(2, [3]);
        Assert.Empty(_table.Lose());
    }

    [Fact]
    public void Ports_of_an_earlier_process_are_not_leased()
    {
        _table.Begin(1, []);
        _table.Lose();
        _table.Begin(2, []);
        _table.Add(1, [3]);
        Assert.False(_table.TryTake(Leg, 0, out _));
        _table.Add(2, [3, 5_000]);
        Assert.True(_table.TryTake(Leg, 0, out var port));
        Assert.Equal(3, port.Index);
        Assert.False(_table.TryTake(Leg, 0, out _), "a port beyond the range is none");
    }

    [Fact]
    public void More_pairs_are_wanted_when_few_are_free_and_fewer_kept_when_very_many_are()
    {
        _table.Begin(1, [0, 1, 2, 3]);
        Assert.Equal(0, _table.Wanted(0));
        _table.TryTake(Leg, 0, out var first);
        _table.TryTake(Leg, 0, out _);
        Assert.Equal(2, _table.Wanted(0));
        _table.Add(1, [.. Enumerable.Range(4, 74).Select(i => (ushort)i)]);
        Assert.Equal(0, _table.Wanted(0));
        Assert.False(_table.TryShrink(out _));
        _table.Add(1, [78, 79, 80]);
        _table.Release(first);
        Assert.True(_table.TryShrink(out ushort[]? gone));
        Assert.Equal(64, gone.Distinct().Count());
        Assert.False(_table.TryShrink(out _));
    }

    [Fact]
    public void No_more_are_wanted_than_the_range_has()
    {
        var small = new LeaseTable(ranges: [3], warmPairs: 8);
        small.Begin(1, [0, 1, 2]);
        small.TryTake(Leg, 0, out _);
        Assert.Equal(0, small.Wanted(0));
    }
}
