using System.Net;
using Ringwright.Core;

namespace Ringwright.Simulation;

public sealed class SimNetTests
{
    private static readonly IPEndPoint Here = new(IPAddress.Parse("10.0.0.1"), 5060), There = new(IPAddress.Parse("10.0.0.2"), 5060);

    [Fact]
    public void Everything_arrives_after_the_latency_when_nothing_goes_wrong()
    {
        var net = new SimNet(new Rng(1)) { Jitter = TimeSpan.Zero };

        net.Handle(Parcel(1), new(0));

        Assert.Equal(new Instant(0) + net.Latency, net.NextDue);
        Assert.False(net.TryPoll(net.NextDue - TimeSpan.FromTicks(1), out _));
        Assert.Equal([1], Drain(net));
        Assert.Equal(Instant.Never, net.NextDue);
    }

    [Fact]
    public void Losses_duplicates_and_overtaking_come_in_the_given_shares()
    {
        int lost = 0;
        var net = new SimNet(new Rng(1)) { Loss = 0.2, Duplicates = 0.1, Reorder = 0.05, Jitter = TimeSpan.Zero, OnLost = _ => lost++ };
        for (int i = 0; i < 10_000; i++) net.Handle(Parcel(i % 250), new Instant(i * 1_000_000L));

        var arrived = Drain(net);

        Assert.InRange(lost, 1_800, 2_200);
        Assert.InRange(arrived.Count, (10_000 - lost) * 1.08, (10_000 - lost) * 1.12);
        Assert.InRange(arrived.Zip(arrived.Skip(1)).Count(pair => (byte)(pair.Second - pair.First) > 125), 200, 1_000);
    }

    [Fact]
    public void Media_may_lose_more_than_signalling()
    {
        int lost = 0;
        var net = new SimNet(new Rng(1)) { MediaLoss = 1, OnLost = _ => lost++ };

        net.Handle(Parcel(1), new(0));
        net.Handle(Parcel(2) with { IsMedia = true }, new(0));

        Assert.Equal([1], Drain(net));
        Assert.Equal(1, lost);
    }

    [Fact]
    public void A_cut_line_takes_what_is_on_its_way_and_a_healed_one_carries_again()
    {
        var net = new SimNet(new Rng(1));
        net.Handle(Parcel(1), new(0));
        net.Cut(There.Address);
        net.Handle(Parcel(2), new(0));
        Assert.Empty(Drain(net));

        net.Heal(There.Address);
        net.Handle(Parcel(3), new(0));

        Assert.Equal([3], Drain(net));
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        string[] runs = [Run(7), Run(7), Run(8)];

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);

        static string Run(ulong seed)
        {
            var world = new SimWorld(seed) { Weather = Weather.Foul };
            world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call))
                .On("call.answered", (call, api) => api.Speak(call, "one"));
            var caller = world.Phone("+493012300001");
            caller.HangsUpAfter = world.Between(0, 2);
            caller.Dial("+4989456");
            world.AssertNothingLeft();
            return world.Log.ToString();
        }
    }

    private static Parcel Parcel(int mark) => new(Here, There, new[] { (byte)mark }, IsMedia: false);

    private static List<byte> Drain(SimNet net)
    {
        List<byte> arrived = [];
        while (net.NextDue is var due && due != Instant.Never)
            if (net.TryPoll(due, out var parcel)) arrived.Add(parcel.Bytes.Span[0]);
        return arrived;
    }
}
