using Ringwright.Calls;
using Ringwright.Media.Graph;

namespace Ringwright.Pure.Media;

/// <summary>
/// A sender that changes its source, and goes back, as switches do between a caller and music: each is heard within two packets.
/// </summary>
public sealed class ChangingSourceTests
{
    private const int Frame = 160, Segment = 50;
    private const uint Other = 0xFEED;
    private const short Loud = 12_000;

    private readonly byte[] _loud = ShardWorld.Encode("PCMU", [.. Enumerable.Repeat(Loud, Frame)]);
    private readonly byte[] _quiet = ShardWorld.Encode("PCMU", new short[Frame]);
    private readonly ShardWorld _world = new ShardWorld().Connected();
    private readonly RecordRing _ring = new(1);
    private readonly short[] _read = new short[64_000];
    private readonly List<short> _recorded = [];

    public ChangingSourceTests() =>
        _world.Shard.Record(new(_world.Port, new() { Id = Guid.NewGuid(), Track = RecordTrack.Inbound }), _ring);

    private void Say(uint source, byte[] payload, int packets)
    {
        _world.Source = source;
        for (int i = 0; i < packets; i++)
        {
            _world.Hear(payload);
            _world.Tick();
            _recorded.AddRange(_read.AsSpan(0, _ring.Read(_read)));
        }
    }

    [Theory, InlineData(64, 500), InlineData(65_500, 500), InlineData(64, 40_000)]
    public void Back_and_forth_loses_next_to_nothing(int first, int second)
    {
        uint old = _world.Source;
        _world.Sequence = (ushort)first;
        Say(old, _quiet, 100);
        ushort next = _world.Sequence;
        _world.Sequence = (ushort)second;
        Say(Other, _loud, Segment);
        second = _world.Sequence;
        _world.Sequence = next;
        Say(old, _loud, Segment);
        _world.Sequence = (ushort)second;
        Say(Other, _loud, Segment);
        Say(Other, _quiet, 50);
        Assert.InRange(_recorded.Count(IsLoud), (3 * Segment - 3 * 4) * Frame, 3 * Segment * Frame);
    }

    /// <summary>
    /// The other one counts its time on, and begins some milliseconds later than that: it is recorded where it belongs at once, and what it
    /// says lasts as long as it did.
    /// </summary>
    [Theory, InlineData(3), InlineData(6), InlineData(8)]
    public void What_another_source_says_is_not_drawn_out(int late)
    {
        Say(_world.Source, _quiet, 60);
        _world.Late = TimeSpan.FromMilliseconds(late);
        Say(Other, _loud, 20);
        Say(Other, _quiet, 150);
        Say(Other, _loud, 10);
        Say(Other, _quiet, 50);
        int begins = _recorded.FindIndex(IsLoud);
        Assert.True(begins >= 0);
        int ends = _recorded.FindIndex(begins + 10 * Frame, sample => !IsLoud(sample));
        Assert.Equal(150 * Frame, _recorded.FindIndex(ends, IsLoud) - ends);
    }

    private static bool IsLoud(short sample) => sample > Loud / 2;
}
