using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Pure.Media.Rooms;

namespace Ringwright.Pure.Media;

/// <summary>A port changes the voice of its party, or what the party hears; judged by frequency at whoever hears it.</summary>
public sealed class ChangedVoiceTests
{
    private const int Hertz = 500, Higher = 750, Other = 900, OtherHigher = 1_350;
    private const double Loud = 3_000, Quiet = 300;
    private static readonly SoundModification Said = new(1.5) { IsOfSaid = true }, Heard = new(1.5) { IsOfHeard = true };

    private readonly ShardWorld _a = new(), _b = new();
    private readonly Dictionary<ShardWorld, int> _spoken = [];
    private readonly Dictionary<(ShardWorld, string), IAudioEncoder> _encoders = [];

    [Theory]
    [InlineData("PCMU", "PCMU")]
    [InlineData("PCMU", "G722")]
    [InlineData("G722", "PCMA")]
    [InlineData("G722", "G722")]
    [InlineData("L16", "L16")]
    public void Whoever_hears_the_party_hears_it_changed_and_the_party_hears_others_as_they_are(string codecOfA, string codecOfB)
    {
        Join(codecOfA, codecOfB, Said);
        Talk(codecOfA, codecOfB);
        Hears(_b, codecOfB, Higher, Hertz);
        Hears(_a, codecOfA, Other, OtherHigher);
    }

    [Theory]
    [InlineData("PCMU", "PCMU")]
    [InlineData("PCMU", "G722")]
    [InlineData("G722", "PCMA")]
    [InlineData("G722", "G722")]
    [InlineData("L16", "L16")]
    public void The_party_hears_others_changed_and_is_heard_as_it_is(string codecOfA, string codecOfB)
    {
        Join(codecOfA, codecOfB, Heard);
        Talk(codecOfA, codecOfB);
        Hears(_a, codecOfA, OtherHigher, Other);
        Hears(_b, codecOfB, Hertz, Higher);
    }

    [Fact]
    public void Both_may_be()
    {
        Join("PCMU", "PCMU", Said with { IsOfHeard = true });
        Talk("PCMU", "PCMU");
        Hears(_a, "PCMU", OtherHigher, Other);
        Hears(_b, "PCMU", Higher, Hertz);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void The_other_direction_passes_as_it_is(bool isOfSaid)
    {
        Join("PCMU", "PCMU", isOfSaid ? Said : Heard);
        var (speaker, hearer) = isOfSaid ? (_b, _a) : (_a, _b);
        byte[][] said = [.. Enumerable.Range(1, 20).Select(i => Enumerable.Repeat((byte)i, 160).ToArray())];
        foreach (byte[] payload in said)
        {
            speaker.Hear(payload);
            Tick();
        }
        Assert.Equal(said, hearer.Rtp.Select(p => p.Payload.ToArray()));
    }

    [Fact]
    public void It_begins_and_ends_while_the_two_talk_and_outlasts_another_codec()
    {
        Join("PCMU", "PCMU", null);
        Talk("PCMU", "PCMU");
        Hears(_b, "PCMU", Hertz, Higher);
        _a.Do(new MediaCommand.Connect(_a.Port, ShardWorld.Plan() with { Sound = Said }));
        Talk("PCMU", "PCMU");
        Hears(_b, "PCMU", Higher, Hertz);
        _a.Do(new MediaCommand.Connect(_a.Port, ShardWorld.Plan("G722") with { Sound = Said, Generation = 1 }));
        Talk("G722", "PCMU");
        Hears(_b, "PCMU", Higher, Hertz);
        Hears(_a, "G722", Other, OtherHigher);
        _a.Do(new MediaCommand.Connect(_a.Port, ShardWorld.Plan() with { Sound = Heard, Generation = 2 }));
        Talk("PCMU", "PCMU");
        Hears(_b, "PCMU", Hertz, Higher);
        Hears(_a, "PCMU", OtherHigher, Other);
        _a.Do(new MediaCommand.Connect(_a.Port, ShardWorld.Plan() with { Generation = 3 }));
        Talk("PCMU", "PCMU");
        Forget();
        byte[] said = [.. Enumerable.Repeat((byte)9, 160)];
        foreach (var world in (ShardWorld[])[_a, _b]) world.Hear(said);
        Tick();
        foreach (var world in (ShardWorld[])[_a, _b]) Assert.Equal(said, Assert.Single(world.Rtp).Payload.ToArray());
    }

    [Fact]
    public void The_next_owner_of_the_port_has_the_voice_that_he_has()
    {
        Join("PCMU", "PCMU", Said with { IsOfHeard = true });
        Talk("PCMU", "PCMU");
        _a.Do(new MediaCommand.Close(_a.Port));
        var port = _a.Open(0);
        _a.Do(new MediaCommand.Connect(port, ShardWorld.Plan()));
        _a.Do(new MediaCommand.Echo(port, true));
        Talk("PCMU", "PCMU");
        Hears(_a, "PCMU", Hertz, Higher);
    }

    [Fact]
    public void A_prompt_is_changed_with_all_else_that_the_party_hears_and_ends_whole()
    {
        _a.Connected(ShardWorld.Plan() with { Sound = Heard });
        _a.Files["f"] = ShardWorld.Encode("PCMU", Signals.Sine(Hertz, 8_000, 8_000));
        _a.Do(new MediaCommand.Play(_a.Port, Guid.NewGuid(), "f", 1));
        _a.Tick(60);
        Hears(_a, "PCMU", Higher, Hertz, from: 5, to: 45);
        // What is in the shifter when the file is over is said too.
        short[] all = ShardWorld.Decode("PCMU", _a.Rtp);
        int last = Array.FindLastIndex(all, sample => Math.Abs((int)sample) > 1_000);
        Assert.InRange(last, 8_000, 8_000 + 400);
    }

    [Fact]
    public void Keys_are_the_same_in_both_directions()
    {
        var plan = ShardWorld.Plan() with { TelephoneEventType = null, Sound = new(1.3) { IsOfSaid = true, IsOfHeard = true } };
        _a.Connected(plan);
        _a.Do(new MediaCommand.SendDigits(_a.Port, Guid.NewGuid(), "1", 400));
        _a.Tick(20);
        short[] sent = ShardWorld.Decode("PCMU", _a.Rtp);
        Assert.True(Signals.LevelAt(697, 8_000, sent) > 3_000 && Signals.LevelAt(1_209, 8_000, sent) > 3_000);

        short[] key = Signals.Sine(770, 8_000, 1_600, 5_000);
        short[] column = Signals.Sine(1_336, 8_000, 1_600, 5_000);
        byte[] five = ShardWorld.Encode("PCMU", [.. key.Zip(column, (low, high) => (short)(low + high))]);
        for (int i = 0; i < 10; i++)
        {
            _a.Hear(five[(i * 160)..((i + 1) * 160)]);
            _a.Tick();
        }
        Assert.Equal('5', Assert.Single(_a.Events.OfType<MediaEvent.Digit>()).Key);
    }

    [Theory, InlineData(true, false), InlineData(false, true), InlineData(true, true), InlineData(false, false)]
    public void A_recording_has_what_is_heard(bool isOfSaid, bool isOfHeard)
    {
        Join("PCMU", "PCMU", isOfSaid || isOfHeard ? new(1.5) { IsOfSaid = isOfSaid, IsOfHeard = isOfHeard } : null);
        var (ofA, ofB) = (new RecordRing(2), new RecordRing(2));
        _a.Shard.Record(new(_a.Port, new() { Id = Guid.NewGuid(), IsDual = true }), ofA);
        _b.Shard.Record(new(_b.Port, new() { Id = Guid.NewGuid(), IsDual = true }), ofB);
        Tick(10);
        Talk("PCMU", "PCMU", ticks: 60);
        Recorded(ofA, isOfSaid ? Higher : Hertz, isOfHeard ? OtherHigher : Other);
        // What B hears of A is A's changed voice; what A hears of B is A's affair.
        Recorded(ofB, Other, isOfSaid ? Higher : Hertz);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void In_a_room_all_hear_the_changed_voice_and_who_hears_it_changed_is_alone(int threads)
    {
        var world = new RoomWorld(threads);
        var room = world.OpenRoom();
        var disguised = world.AddTo(room, Hertz, talks: true);
        var listener = world.AddTo(room, Other, talks: true);
        var silent = world.AddTo(room, 100);
        world.Post(new MediaCommand.Connect(disguised.Port, ShardWorld.Plan() with { Sound = Said }));
        world.Post(new MediaCommand.Connect(listener.Port, ShardWorld.Plan() with { Sound = Heard }));
        world.Settle();
        Assert.True(silent.LevelOf(Higher) > 1_000 && silent.LevelOf(Other) > 1_000);
        Assert.True(silent.LevelOf(Hertz) < Quiet && silent.LevelOf(OtherHigher) < Quiet);
        Assert.True(disguised.LevelOf(Other) > 1_000 && disguised.LevelOf(Higher) < Quiet && disguised.LevelOf(Hertz) < Quiet);
        Assert.True(listener.LevelOf(Higher * 1.5) > 1_000 && listener.LevelOf(Higher) < Quiet && listener.LevelOf(Hertz) < Quiet);
    }

    [Fact]
    public void A_party_that_says_nothing_is_sent_nothing_but_silence()
    {
        Join("PCMU", "PCMU", Said with { IsOfHeard = true });
        for (int i = 0; i < 50; i++)
        {
            _a.Hear([.. Enumerable.Repeat((byte)0xFF, 160)]);
            _b.Hear([.. Enumerable.Repeat((byte)0xFF, 160)]);
            Tick();
        }
        foreach (var world in (ShardWorld[])[_a, _b])
            Assert.All(ShardWorld.Decode("PCMU", world.Rtp), sample => Assert.Equal(0, sample));
    }

    private void Join(string codecOfA, string codecOfB, SoundModification? ofA)
    {
        _a.Connected(ShardWorld.Plan(codecOfA) with { Sound = ofA });
        _b.Connected(ShardWorld.Plan(codecOfB));
        foreach (var (hearer, speaker) in new[] { (_a, _b), (_b, _a) })
        {
            var link = new AudioLink(passesDigits: true);
            hearer.Shard.Hear(hearer.Port, link);
            speaker.Shard.Speak(speaker.Port, link);
        }
        Tick(5);
        Forget();
    }

    /// <summary>A says a tone and B another, long enough for what was before to be gone; then what came out meanwhile counts.</summary>
    private void Talk(string codecOfA, string codecOfB, int ticks = 40)
    {
        for (int i = 0; i < ticks; i++)
        {
            if (i == ticks / 2) Forget();
            Say(_a, codecOfA, Hertz);
            Say(_b, codecOfB, Other);
            Tick();
        }
    }

    private void Say(ShardWorld world, string name, int hertz)
    {
        var codec = Codecs.Find(name)!;        // one of the theory's
        int spoken = _spoken[world] = _spoken.GetValueOrDefault(world) + codec.FrameSamples;
        short[] all = Signals.Sine(hertz, codec.SampleRate, spoken);
        if (!_encoders.TryGetValue((world, name), out var encoder)) _encoders[(world, name)] = encoder = codec.CreateEncoder();
        var payload = new byte[codec.FrameBytes];
        world.Hear(payload[..encoder.Encode(all.AsSpan(^codec.FrameSamples..), payload)], codec.PayloadType);
    }

    private void Tick(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            _a.Tick();
            _b.Tick();
        }
    }

    private void Forget()
    {
        _a.Out.Clear();
        _b.Out.Clear();
    }

    private static void Hears(ShardWorld world, string codec, int hertz, int not, int from = 0, int to = int.MaxValue)
    {
        short[] heard = ShardWorld.Decode(codec, world.Rtp.Take(to).Skip(from));
        int rate = Codecs.Find(codec)!.SampleRate;
        double level = Signals.LevelAt(hertz, rate, heard), other = Signals.LevelAt(not, rate, heard);
        Assert.True(level > Loud && other < Quiet, $"{level:F0} at {hertz} Hz, {other:F0} at {not} Hz");
    }

    private static void Recorded(RecordRing ring, int left, int right)
    {
        var all = new short[64_000];
        int count = ring.Read(all);
        short[] second = all[(count / 2)..count];
        int odd = count / 2 % 2;
        foreach (var (hertz, side) in new[] { (left, 0), (right, 1) })
        {
            short[] track = [.. second.Where((_, i) => (i + odd) % 2 == side)];
            foreach (int one in (int[])[Hertz, Higher, Other, OtherHigher])
            {
                double level = Signals.LevelAt(one, ring.Rate, track);
                Assert.True(one == hertz ? level > Loud : level < Quiet, $"side {side}: {level:F0} at {one} Hz");
            }
        }
    }
}
