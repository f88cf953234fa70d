using Ringwright.Calls;
using Ringwright.Programs.Agents.Spoken;

namespace Ringwright.Edge.Programs;

/// <summary>What a model says, into a tap whose other end takes 20 ms at a time.</summary>
public sealed class VoicePlayerTests
{
    private const int Rate = 8_000, Tick = Rate / 50;

    private readonly Tap _tap = new();
    private readonly List<string> _news = [];
    private readonly VoicePlayer _player;

    public VoicePlayerTests() => _player = new(Rate)
    {
        Began = turn => _news.Add($"{turn} begins"), Drained = turn => _news.Add($"{turn} is heard"),
    };

    [Fact]
    public void What_comes_faster_than_it_is_heard_is_heard_once_and_in_order()
    {
        short[] all = [.. Enumerable.Range(1, 3 * Rate).Select(i => (short)i)];
        for (int at = 0; at < all.Length; at += 1_000) Assert.True(_player.TryAdd(at < Rate ? "a" : "b", all[at..(at + 1_000)]));
        _player.Open(_tap);
        Play(200);
        Assert.Equal(all, _tap.Heard);
        Assert.Equal(["a begins", "a is heard", "b begins", "b is heard"], _news);
        Assert.True(_player.IsSilent);

        // More of the same turn is heard behind a gap.
        Assert.True(_player.TryAdd("b", [7]));
        Assert.True(_player.Has("b"));
        Play(2);
        Assert.Equal(7, _tap.Heard[^1]);
        Assert.Equal("b is heard", _news[^1]);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(37), InlineData(49), InlineData(60), InlineData(99)]
    public void A_cut_knows_what_was_heard_and_nothing_more_of_it_is(int ticks)
    {
        _player.Open(_tap);
        Assert.True(_player.TryAdd("a", Sound(Rate, 1)));
        Assert.True(_player.TryAdd("b", Sound(Rate, 2)));
        Play(ticks);
        var cut = _player.Cut();
        var played = TimeSpan.FromMilliseconds(20 * ticks);
        var second = TimeSpan.FromSeconds(1);
        Assert.Equal(ticks < 50
            ? [new("a", played, second), new("b", TimeSpan.Zero, second)]
            : new CutTurn[] { new("b", played - second, second) }, cut);
        Assert.True(_player.TryAdd("b", Sound(100, 3)));
        Assert.True(_player.IsSilent);
        Assert.True(_player.TryAdd("c", Sound(Tick, 4)));
        Play(3);
        Assert.Equal(ticks * Tick + Tick, _tap.Heard.Count);
        Assert.Equal(4, _tap.Heard[^1]);
        Assert.Empty(_player.Cut());
    }

    [Fact]
    public void A_cut_counts_from_where_its_turn_began_also_behind_a_gap()
    {
        _player.Open(_tap);
        Assert.True(_player.TryAdd("a", Sound(Rate, 1)));
        Play(55);
        Assert.Equal(["a begins", "a is heard"], _news);
        Assert.True(_player.TryAdd("a", Sound(Rate, 2)));
        Play(5);
        Assert.Equal(new CutTurn("a", TimeSpan.FromMilliseconds(1_100), TimeSpan.FromSeconds(2)), Assert.Single(_player.Cut()));

        // Another model's turn of the same name is another one.
        _player.Renew();
        Assert.True(_player.TryAdd("a", Sound(Rate, 3)));
        Play(5);
        Assert.Equal(new CutTurn("a", TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)), Assert.Single(_player.Cut()));
    }

    [Fact]
    public void A_pause_takes_effect_at_once_and_loses_nothing()
    {
        short[] all = [.. Enumerable.Range(1, 2 * Rate).Select(i => (short)i)];
        _player.Open(_tap);
        Assert.True(_player.TryAdd("a", all));
        Play(20);
        _player.Pause(true);
        Play(30);
        Assert.Equal(20 * Tick, _tap.Heard.Count);
        Assert.False(_player.IsSilent);
        _player.Pause(false);
        Play(20);
        _player.Pause(true);
        var cut = Assert.Single(_player.Cut());
        Assert.Equal(TimeSpan.FromMilliseconds(800), cut.Played);
        Assert.Equal(all[..(40 * Tick)], _tap.Heard);
        // Behind a cut nothing is paused.
        Assert.True(_player.TryAdd("b", Sound(Tick, 9)));
        Play(2);
        Assert.Equal(9, _tap.Heard[^1]);
    }

    [Fact]
    public void What_was_heard_is_known_when_the_leg_is_gone_and_what_never_ends_is_refused()
    {
        _player.Open(_tap);
        Assert.True(_player.TryAdd("a", Sound(Rate, 1)));
        Play(10);
        _player.Close();
        Assert.Equal(TimeSpan.FromMilliseconds(200), Assert.Single(_player.Cut()).Played);

        short[] minute = Sound(60 * Rate, 1);
        for (int i = 0; i < 10; i++) Assert.True(_player.TryAdd("b", minute));
        Assert.False(_player.TryAdd("b", minute));
    }

    private void Play(int ticks)
    {
        for (int i = 0; i < ticks; i++)
        {
            _tap.Tick();
            _player.Feed();
        }
    }

    private static short[] Sound(int samples, short value) => [.. Enumerable.Repeat(value, samples)];

    /// <summary>Holds a second, as taps do; what was cleared is passed over by the next tick.</summary>
    private sealed class Tap : IAudioTap
    {
        private readonly Queue<short> _waits = new();
        private int _cleared;

        public List<short> Heard { get; } = [];

        public TapPlan Plan { get; } = new(Guid.Empty, TapTracks.Said, Rate) { InjectionRate = Rate };

        public long Overflows => 0;

        public int Room => Rate - _waits.Count;

        public void Tick()
        {
            for (; _cleared > 0; _cleared--) _waits.Dequeue();
            for (int i = 0; i < VoicePlayerTests.Tick && _waits.TryDequeue(out short sample); i++) Heard.Add(sample);
        }

        public ValueTask<bool> WaitAsync(CancellationToken cancellation) => new(false);

        public bool TryRead(Span<short> into, out TapFrame frame)
        {
            frame = default;
            return false;
        }

        public int Write(ReadOnlySpan<short> samples)
        {
            int count = Math.Min(samples.Length, Room);
            foreach (short sample in samples[..count]) _waits.Enqueue(sample);
            return count;
        }

        public bool TryMark(long number) => false;

        public void Clear() => _cleared = _waits.Count;

        public void Dispose() { }
    }
}
