using System.Globalization;
using System.Net;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Sip.Sdp;

namespace Ringwright.Streams.Siprec;

/// <summary>What a server wants of one track.</summary>
/// <param name="Remote">Where it goes; null while the server wants nothing of it.</param>
/// <param name="IsRefused">By port 0: for good.</param>
/// <param name="KeyTag">Of its crypto line.</param>
internal sealed record TrackTarget(IPEndPoint? Remote, bool IsRefused, byte PayloadType, Codec Codec, string Transport, int KeyTag);

/// <summary>A server's answer to a <see cref="SiprecOffer"/>, or its offer in the same session later: a target for each track.</summary>
internal sealed record SiprecAnswer(IReadOnlyList<TrackTarget> Targets)
{
    private const int MostPort = 65_535;

    /// <summary>In all tracks: they have one tap.</summary>
    public int SampleRate => Targets[0].Codec.SampleRate;

    /// <param name="body">The session description.</param>
    /// <param name="mayPause">A server that wants nothing now is fine: it may want it later.</param>
    /// <param name="problem">Why it is none that we can follow, as part of a sentence.</param>
    public static SiprecAnswer? Read(ReadOnlySpan<byte> body, SiprecOffer offer, TargetPolicy policy, bool mayPause, out string problem)
    {
        problem = "its session description makes no sense";
        if (SdpParser.Parse(body, out var description) is not SdpStatus.Ok || description is null) return null;
        if (description.Media.Count != offer.Tracks.Count)
        {
            problem = $"it has {description.Media.Count} streams for our {offer.Tracks.Count}";
            return null;
        }
        var targets = new TrackTarget[offer.Tracks.Count];
        for (int n = 0; n < targets.Length; n++)
        {
            if (Target(description, description.Media[n], offer, offer.Tracks[n], policy, out problem) is not { } target) return null;
            targets[n] = target;
        }
        problem = "it takes none of the streams";
        if (targets.All(target => target.IsRefused) || !mayPause && targets.All(target => target.Remote is null)) return null;
        problem = "it takes the streams in codecs of different sample rates";
        if (targets.Any(target => !target.IsRefused && target.Codec.SampleRate != targets[0].Codec.SampleRate)) return null;
        return new(targets);
    }

    private static TrackTarget? Target(SessionDescription description, MediaDescription media, SiprecOffer offer, OfferedTrack track,
        TargetPolicy policy, out string problem)
    {
        problem = "";
        var usual = offer.Offered[0];
        if (media.Port == 0) return new(null, IsRefused: true, usual.PayloadType, usual, media.Transport, 1);
        problem = $"it answers with {media.Kind} over {media.Transport}";
        string wanted = track.Key is null ? "RTP/AVP" : "RTP/SAVP";
        if (media.Kind is not "audio" || media.Port > MostPort
            || !media.Transport.Equals(wanted, StringComparison.OrdinalIgnoreCase)) return null;
        problem = "it takes no codec that was offered";
        if (CodecOf(media, offer) is not { } format) return null;
        int tag = 1;
        if (track.Key is { } key)
        {
            problem = "it takes no key for SRTP";
            if (SdpCrypto.FirstOf(media, [key.Suite], out _) is not { } crypto) return null;
            tag = crypto.Tag;
        }
        problem = "its session description names no address";
        if ((media.Connection ?? description.Connection) is not { } connection || !connection.TryGetAddress(out var address)) return null;
        // Hold as it was before there were directions.
        bool isWanted = !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            && (media.Has("recvonly") || media.Has("sendrecv") || !media.Has("inactive") && !media.Has("sendonly")
                && description.Attributes.All(attribute => attribute.Name is not ("inactive" or "sendonly")));
        if (!isWanted) return new(null, IsRefused: false, format.Type, format.Codec, media.Transport, tag);
        problem = $"{address}: {TargetPolicy.Describe(policy.Check(address, media.Port, TargetUse.Rtp))}";
        return policy.Check(address, media.Port, TargetUse.Rtp) is TargetVerdict.Allowed
            ? new(new(address, media.Port), IsRefused: false, format.Type, format.Codec, media.Transport, tag) : null;
    }

    /// <summary>The first of its formats that is one of ours, under its own number.</summary>
    private static (byte Type, Codec Codec)? CodecOf(MediaDescription media, SiprecOffer offer)
    {
        foreach (string text in media.Formats)
        {
            if (!byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte type) || type > 127) continue;
            string? map = media.Attributes.FirstOrDefault(attribute => attribute.Name is "rtpmap"
                && attribute.Value?.StartsWith(text + " ", StringComparison.Ordinal) is true).Value;
            foreach (var codec in offer.Offered)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"{text} {codec.Name}/{codec.ClockRate}");
                bool isIt = map is null ? type == codec.PayloadType
                    : $"{map}/".StartsWith(name + "/", StringComparison.OrdinalIgnoreCase);
                if (isIt) return (type, codec);
            }
        }
        return null;
    }
}
