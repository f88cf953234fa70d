using Ringwright.Calls;
using Ringwright.Media.Graph;

namespace Ringwright.Pure.Media;

/// <summary>
/// A sender that changes its source, and goes back, as switches do between a caller and music: each is heard within two packets.
/// </summary>
public sealed class ChangingSourceTests
{
    private const int Frame = 160, Segment = 50;
    private const short Loud = 12_000;

    private readonly ShardWorld _world = new ShardWorld().Connected();
    private readonly RecordRing _ring = new(1);
    private readonly short[] _read = new short[64_000];

    public ChangingSourceTests() =>
        _world.Shard.Record(new(_world.Port, new() { Id = Guid.NewGuid(), Track = RecordTrack.Inbound }), _ring);

    [Theory, InlineData(64, 500), InlineData(65_500, 500), InlineData(64, 40_000)]
    public void Back_and_forth_loses_next_to_nothing(int first, int second)
    {
        byte[] loud = ShardWorld.Encode("PCMU", [.. Enumerable.Repeat(Loud, Frame)]), quiet = ShardWorld.Encode("PCMU", new short[Frame]);
        var recorded = new List<short>();
        uint old = _world.Source, other = 0xFEED;
        _world.Sequence = (ushort)first;
        Say(old, quiet, 100);
        ushort next = _world.Sequence;
        _world.Sequence = (ushort)second;
        Say(other, loud, Segment);
        second = _world.Sequence;
        _world.Sequence = next;
        Say(old, loud, Segment);
        _world.Sequence = (ushort)second;
        Say(other, loud, Segment);
        Say(other, quiet, 50);
        Assert.InRange(recorded.Count(sample => sample > Loud / 2), (3 * Segment - 3 * 4) * Frame, 3 * Segment * Frame);

        void Say(uint source, byte[] payload, int packets)
        {
            _world.Source = source;
            for (int i = 0; i < packets; i++)
            {
                _world.Hear(payload);
                _world.Tick();
                recorded.AddRange(_read.AsSpan(0, _ring.Read(_read)));
            }
        }
    }
}
