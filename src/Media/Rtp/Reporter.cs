using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Media.Rtp;

/// <summary>RTCP of one port: when to report, what to say, and what the peer's reports tell.</summary>
internal sealed class Reporter(OutgoingPackets outgoing, SrtpProtector protection, MediaSettings settings)
{
    private readonly byte[] _name = new byte[24];
    private uint _lastReport;
    private Instant _lastReportAt;
    private long _packetsAtReport;

    public Instant NextDue { get; private set; } = Instant.Never;
    public TimeSpan? RoundTrip { get; private set; }
    /// <summary>The source that said goodbye last; another may follow at once.</summary>
    public uint? Gone { get; private set; }

    public void Start(Instant now, Rng random)
    {
        (_lastReport, _lastReportAt, _packetsAtReport, RoundTrip, Gone) = (0, default, 0, null, null);
        // A name per stream and nothing about the machine (RFC 7022 section 4.2); the first report comes early, at a random moment.
        for (int i = 0; i < _name.Length; i++) _name[i] = "0123456789abcdef"u8[random.Next(16)];
        NextDue = now + settings.ReportInterval * (0.5 + random.NextDouble() / 2);
    }

    /// <summary>Nothing may be sent yet.</summary>
    public void Postpone(Instant now) => NextDue = now + settings.ReportInterval;

    public void Stop() => NextDue = Instant.Never;

    public void Handle(ReadOnlySpan<byte> compound, uint ownSource, Instant now)
    {
        var reader = new RtcpReader(compound);
        while (reader.TryNext(out var packet))
        {
            if (packet.Type is RtcpType.Bye) Gone = packet.Source;
            if (packet.Type is RtcpType.SenderReport) (_lastReport, _lastReportAt) = (packet.MiddleTime, now);
            for (int i = 0; packet.TryBlock(i, out var block); i++)
            {
                if (block.Source == ownSource && block.LastReport != 0) RoundTrip = RoundTripOf(block, now) ?? RoundTrip;
            }
        }
    }

    /// <summary>Writes a report if one is due, or the last one with a goodbye.</summary>
    public void Report(PortId port, bool isControl, MediaAddress to, RtpSender sender, ReceiveStatistics received, uint remoteSource,
        bool isBye, Instant now)
    {
        NextDue = now + settings.ReportInterval;
        SenderSummary? summary = sender.Packets > _packetsAtReport
            ? new(NtpTime(now), sender.Timestamp, (uint)sender.SourcePackets, (uint)sender.SourceOctets)
            : null;
        _packetsAtReport = sender.Packets;

        ReportBlock? block = null;
        if (received.IsStarted)
        {
            var (fraction, lost) = received.Report();
            uint delay = _lastReport == 0 ? 0 : (uint)((now - _lastReportAt).TotalSeconds * 65536);
            block = new(remoteSource, fraction, lost, received.ExtendedHighest, (uint)received.Jitter, _lastReport, delay);
        }
        var packet = outgoing.Reserve(RtcpWriter.MostBytes + SrtpCipher.MostBytes);
        int length = RtcpWriter.Write(packet, sender.Source, summary, block, _name, isBye);
        outgoing.Commit(port, isControl, to, protection.ProtectControl(packet, length));
    }

    /// <summary>RFC 3550 section 6.4.1; nonsense (a peer that invents times) is ignored.</summary>
    private TimeSpan? RoundTripOf(ReportBlock block, Instant now)
    {
        uint middle = (uint)(NtpTime(now) >> 16);
        int units = (int)(middle - block.LastReport - block.DelaySinceReport);
        return units is >= 0 and < 10 * 65536 ? TimeSpan.FromSeconds(units / 65536.0) : null;
    }

    /// <summary>Seconds since 1900 in 32.32 bits.</summary>
    private ulong NtpTime(Instant now)
    {
        var since = settings.Anchor.ToWall(now) - new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
        ulong seconds = (ulong)(since.Ticks / TimeSpan.TicksPerSecond);
        ulong part = (ulong)(since.Ticks % TimeSpan.TicksPerSecond);
        return seconds << 32 | (part << 32) / TimeSpan.TicksPerSecond;
    }
}
