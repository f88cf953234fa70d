using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>A tick allocates nothing once it is warm: per graph node and per codec.</summary>
public sealed class AllocationTests
{
    private static readonly string[] Paths =
    [
        "tick: idle", "tick: prompt", "tick: echo", "tick: tap", "tick: tap at another rate", "tick: voice", "tick: machine",
        "tick: digits", "tick: tones", "tick: transcoder", "tick: changed voices", "tick: reports", "tick: loss", "tick: record",
        "tick: bad line",
    ];

    public static TheoryData<string, string> Nodes
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string codec in Codecs.All.Select(c => c.Name).Distinct())
                foreach (string path in Paths) data.Add(path, codec);
            return data;
        }
    }

    [Theory, MemberData(nameof(Nodes))]
    public void A_thousand_ticks_keep_to_their_budget(string path, string codec)
    {
        var plan = ShardWorld.Plan(codec) with { TelephoneEventType = path == "tick: tones" ? null : (byte)101 };
        var world = new ShardWorld(new MediaSettings { ReportInterval = TimeSpan.FromSeconds(path == "tick: reports" ? 0.1 : 5) })
            .Connected(plan);
        world.Files["f"] = new byte[16_000];
        byte[] payload = ShardWorld.Encode(codec, new short[plan.Codec.SampleRate / 50]);
        byte[] heard = [.. new byte[RtpPacket.HeaderBytes], .. payload];
        heard[1] = plan.Codec.PayloadType;
        switch (path)
        {
            case "tick: prompt": world.Do(new MediaCommand.Play(world.Port, Guid.NewGuid(), "f", 0)); break;
            case "tick: transcoder":
                world.Do(new MediaCommand.Play(world.Port, Guid.NewGuid(), "f", 0) { Codec = codec == "PCMU" ? "G722" : "PCMU" }); break;
            case "tick: changed voices":
                new Random(1).NextBytes(heard.AsSpan(RtpPacket.HeaderBytes));
                var sound = new SoundModification(1.3) { IsOfSaid = true, IsOfHeard = true };
                world.Do(new MediaCommand.Connect(world.Port, plan with { Sound = sound, Suppression = new(true, true) }));
                world.Do(new MediaCommand.Echo(world.Port, true));
                break;
            case "tick: echo" or "tick: loss": world.Do(new MediaCommand.Echo(world.Port, true)); break;
            case "tick: tap": _ = new Ear(world, plan.Codec.SampleRate); break;
            case "tick: tap at another rate": _ = new Ear(world, 24_000); break;
            case "tick: record": Record(world); break;
            case "tick: bad line": world.Do(new MediaCommand.Degrade(world.Port, new(0.1, TimeSpan.FromMilliseconds(60), 1))); break;
            case "tick: voice": world.Do(new MediaCommand.WatchVoice(world.Port, 500)); break;
            case "tick: machine":
                // Sound that no rule decides on, so that every part of the detector works in every tick.
                new Random(1).NextBytes(heard.AsSpan(RtpPacket.HeaderBytes));
                var never = TimeSpan.FromHours(1);
                world.Do(new MediaCommand.DetectMachine(world.Port,
                    new(MachineMode.DetectBeep) { TotalAnalysis = never, GreetingDuration = never, MaximumWordLength = never }));
                break;
            case "tick: digits" or "tick: tones":
                world.Do(new MediaCommand.SendDigits(world.Port, Guid.NewGuid(), new string('1', 256), 6000)); break;
        }
        for (int i = 0; i < 20; i++)
        {
            world.Run(50, heard);
            foreach (var ring in _rings) ring.Read(_read);
        }

        AllocationBudget.Holds(path, 1_000, () =>
        {
            for (int i = 0; i < 10; i++)
            {
                if (path == "tick: loss") world.Sequence += 3;
                foreach (var ring in _rings)
                    while (ring.Read(_read) > 0) { }
                world.Run(50, heard);
                foreach (var ring in _rings) ring.Read(_read);
                world.Run(50, heard);
            }
        });
        Assert.Empty(world.Events);
    }

    private readonly short[] _read = new short[32_000];
    private RecordRing[] _rings = [];

    /// <summary>Two at once, over a prompt.</summary>
    private void Record(ShardWorld world)
    {
        _rings = [new(2), new(1)];
        world.Do(new MediaCommand.Play(world.Port, Guid.NewGuid(), "f", 0));
        world.Shard.Record(new(world.Port, new() { Id = Guid.NewGuid(), IsDual = true, SilenceLimit = TimeSpan.FromHours(1) }), _rings[0]);
        world.Shard.Record(new(world.Port, new() { Id = Guid.NewGuid() }), _rings[1]);
    }

    [Fact]
    public void Fifty_ports_that_play_and_listen_keep_to_their_budget()
    {
        var world = new ShardWorld();
        world.Files["f"] = new byte[16_000];
        for (int i = 1; i <= 50; i++)
        {
            var port = world.Open(i);
            world.Do(new MediaCommand.Connect(port, ShardWorld.Plan()));
            world.Do(new MediaCommand.Play(port, Guid.NewGuid(), "f", 0));
        }
        world.Run(500);
        AllocationBudget.Holds("tick: fifty prompts", 1_000, () => world.Run(1_000));
    }
}
