using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost;

/// <summary>A room over two real threads and real sockets. Who hears whom is checked, never lateness: the machine is shared.</summary>
public sealed class RoomHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly Subject Conference = new(SubjectKind.Conference, 77);

    [Fact]
    public void Three_parties_on_two_threads_hear_each_other_and_the_room_ends_with_its_port()
    {
        using var events = new BlockingCollection<MediaEvent>();
        int first = FreePort.UdpRange(16);
        var range = new MediaNetwork { FirstPort = first, LastPort = first + 15 };
        using var host = new InlineMediaHost(new() { Networks = [range], WarmPairs = 8, Epoch = 9, Threads = 2 }, events.Add,
            NullLogger.Instance);
        host.Start();
        Assert.True(host.TryLease(Conference, 0, out var room));
        Assert.True(host.Post(new MediaCommand.OpenRoom(room.Port, new(HasComfortNoise: true))));
        Assert.True(host.Post(new MediaCommand.OpenRoom(room.Port, new(HasComfortNoise: true))), "asked twice, it is one room");
        double[] tones = [400, 700, 1_100];
        var phones = tones.Select((_, i) => new RawPhone { Source = (uint)(100 + i) }).ToArray();
        var leases = phones.Select((phone, i) => Join(host, phone, room.Port, new LegId((UInt128)i + 1))).ToArray();

        // The host's own packets are the clock. A thread that stands falls silent: they speak until they have heard each other for a while.
        long start = Stopwatch.GetTimestamp();
        for (int frame = 0; ; frame++)
        {
            if (frame >= 50 && frame % 10 == 0)
            {
                if (Wrong() is not { } wrong) break;
                Assert.True(Stopwatch.GetElapsedTime(start) < Patience, wrong);
            }
            for (int i = 0; i < phones.Length; i++) phones[i].Say(leases[i].Local, Frame(tones[i], frame));
            phones[0].WaitForNext();
        }

        Assert.True(host.Post(new MediaCommand.Close(room.Port)));
        while (true)
        {
            Assert.True(events.TryTake(out var happened, Patience), "the room's port closes");
            if (happened is MediaEvent.Closed closed && closed.Owner == Conference) break;
        }
        Assert.True(host.Post(new MediaCommand.JoinRoom(leases[0].Port, room.Port, new())), "a room that is gone is no trouble");
        // What was sent before may still be on its way: all behind a key was sent since.
        Assert.True(host.Post(new MediaCommand.SendDigits(leases[0].Port, Guid.NewGuid(), "1", 100)));
        start = Stopwatch.GetTimestamp();
        byte[][] since = [];
        while (since.Length < 40)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "a key, and what comes behind it");
            phones[0].WaitForNext();
            since = [.. phones[0].Heard.SkipWhile(packet => (packet[1] & 0x7F) != 101)];
        }
        // Not the room's noise either.
        Assert.All(since[20..40], packet => Assert.All(packet[12..], sample => Assert.Equal(0xFF, sample)));
        foreach (var phone in phones) phone.Dispose();

        string? Wrong()
        {
            int talking = events.OfType<MediaEvent.Talking>().Where(e => e.IsTalking).Select(e => e.Owner).Distinct().Count();
            if (talking != phones.Length) return $"{talking} have begun to talk";
            for (int i = 0; i < phones.Length; i++)
            {
                short[] heard = Decode(phones[i].Heard.TakeLast(40));
                for (int other = 0; other < phones.Length; other++)
                {
                    double level = Level(tones[other], heard);
                    if (level > 1_000 != (other != i)) return $"{i} hears {other} with {level:F0}";
                }
            }
            return null;
        }
    }

    private static PortLease Join(InlineMediaHost host, RawPhone phone, PortId room, LegId leg)
    {
        Assert.True(host.TryLease(leg, 0, out var lease));
        Assert.True(host.Post(new MediaCommand.Connect(lease.Port, phone.Plan())));
        Assert.True(host.Post(new MediaCommand.JoinRoom(lease.Port, room, new())));
        return lease;
    }

    private static byte[] Frame(double hertz, int frame)
    {
        var samples = new short[160];
        for (int i = 0; i < 160; i++) samples[i] = (short)(3_000 * Math.Sin(2 * Math.PI * hertz * (frame * 160 + i) / 8_000));
        var bytes = new byte[160];
        Codecs.Find("PCMU")!.CreateEncoder().Encode(samples, bytes);
        return bytes;
    }

    private static short[] Decode(IEnumerable<byte[]> packets)
    {
        var decoder = Codecs.Find("PCMU")!.CreateDecoder();
        var one = new short[160];
        return [.. packets.SelectMany(packet => one[..decoder.Decode(packet.AsSpan(12), one)])];
    }

    /// <summary>The amplitude of one frequency, by correlation.</summary>
    private static double Level(double hertz, short[] samples)
    {
        double real = 0, imaginary = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            real += samples[i] * Math.Cos(2 * Math.PI * hertz * i / 8_000);
            imaginary += samples[i] * Math.Sin(2 * Math.PI * hertz * i / 8_000);
        }
        return 2 * Math.Sqrt(real * real + imaginary * imaginary) / samples.Length;
    }
}
