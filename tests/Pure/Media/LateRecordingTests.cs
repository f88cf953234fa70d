using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>
/// A recording has what was said, whenever it came: what the party on the line hears in place of late packets is not in it.
/// </summary>
public sealed class LateRecordingTests
{
    private const int Frame = 160, ToneFrames = 50, Ticks = 200;
    private const short Loud = 12_000;

    private readonly ShardWorld _world = new ShardWorld().Connected();
    private readonly RecordRing _ring = new(1);
    private readonly short[] _read = new short[64_000];

    public LateRecordingTests() => _world.Shard.Record(new(_world.Port, new() { Id = Guid.NewGuid(), Track = RecordTrack.Inbound }), _ring);

    /// <summary>A busy phone: its clock stands still now and then, and time goes on.</summary>
    [Theory, Seeds(100)]
    public void A_sender_whose_clock_stands_still_has_its_tone_recorded_and_no_more(ulong seed)
    {
        var random = new Rng(seed);
        int pause = 0;
        var recorded = Record(_ =>
        {
            if (pause == 0 && random.Chance(0.08)) pause = 1 + random.Next(6);
            if (pause > 0) pause--;
            return pause > 0 ? 0 : 1;
        }, keepsTime: false);
        // Behind each gap the first milliseconds rise.
        Assert.InRange(LoudSamples(recorded), ToneFrames * Frame - Frame, ToneFrames * Frame);
    }

    /// <summary>A busy network: packets are held up, and then they come all at once.</summary>
    [Theory, Seeds(100)]
    public void Packets_that_come_late_in_bursts_are_recorded_in_one_piece(ulong seed)
    {
        var random = new Rng(seed);
        int pause = 0;
        var recorded = Record(waiting =>
        {
            if (pause == 0 && random.Chance(0.04)) pause = 1 + random.Next(4);
            if (pause > 0) pause--;
            return pause > 0 ? 0 : waiting;
        }, keepsTime: true);
        int first = recorded.FindIndex(IsLoud), last = recorded.FindLastIndex(IsLoud);
        Assert.Equal(ToneFrames * Frame, last - first + 1);
        // One packet in two seconds may be left out, so that the parties do not hear each other ever later.
        Assert.InRange(LoudSamples(recorded), (ToneFrames - 1) * Frame, ToneFrames * Frame);
    }

    /// <summary>
    /// A sender that stood still for half a second, and is heard as much later from then on: what it says comes later than the recording
    /// waits, and is in it all the same.
    /// </summary>
    [Fact]
    public void What_the_buffer_holds_back_for_longer_than_the_recording_waits_is_recorded()
    {
        int tick = 0;
        var recorded = Record(waiting => ++tick is >= 20 and < 45 ? 0 : waiting, keepsTime: true);
        Assert.InRange(LoudSamples(recorded), (ToneFrames - 1) * Frame, ToneFrames * Frame);
    }

    /// <summary>A phone that sends sound and pressed keys side by side, as baresip does, is heard as soon as before.</summary>
    [Fact]
    public void Keys_that_are_pressed_beside_the_sound_hold_nothing_back()
    {
        byte[] loud = ShardWorld.Encode("PCMU", [.. Enumerable.Repeat(Loud, Frame)]), quiet = ShardWorld.Encode("PCMU", new short[Frame]);
        var recorded = new List<short>();
        for (int tick = 0; tick < Ticks; tick++)
        {
            bool isPressed = tick is >= 20 and < 60 or >= 70 and < 110;
            _world.Hear(tick is >= 120 and < 120 + ToneFrames ? loud : quiet);
            if (isPressed) _world.HearBeside([5, 10, (byte)(tick % 50 * 160 >> 8), (byte)(tick % 50 * 160)], 101);
            _world.Tick();
            recorded.AddRange(_read.AsSpan(0, _ring.Read(_read)));
        }
        Assert.Equal(ToneFrames * Frame, LoudSamples(recorded));
    }

    /// <param name="send">How many of the frames that wait are sent in this tick.</param>
    /// <param name="keepsTime">A new frame waits each tick; else the next one is made when one was sent.</param>
    private List<short> Record(Func<int, int> send, bool keepsTime)
    {
        byte[] loud = ShardWorld.Encode("PCMU", [.. Enumerable.Repeat(Loud, Frame)]), quiet = ShardWorld.Encode("PCMU", new short[Frame]);
        var recorded = new List<short>();
        int sent = 0;
        for (int tick = 0; tick < Ticks; tick++)
        {
            int waiting = keepsTime ? tick + 1 - sent : 1;
            for (int count = send(waiting); count > 0; count--, sent++) _world.Hear(sent is >= 60 and < 60 + ToneFrames ? loud : quiet);
            _world.Tick();
            recorded.AddRange(_read.AsSpan(0, _ring.Read(_read)));
        }
        return recorded;
    }

    private static bool IsLoud(short sample) => sample > Loud / 2;

    private static int LoudSamples(List<short> samples) => samples.Count(IsLoud);
}
