using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.MediaHost.Control;

/// <summary>Each <see cref="MediaCommand"/> as a frame: the port, then its fields in the order of the record.</summary>
internal static class CommandFrames
{
    public static void Write(FrameWriter into, MediaCommand command)
    {
        _ = command switch
        {
            MediaCommand.Connect c => Plan(Begin(into, FrameKind.Connect, c), c.Plan),
            MediaCommand.Close c => Begin(into, FrameKind.Close, c),
            MediaCommand.Play c =>
                Begin(into, FrameKind.Play, c).Id(c.Id).Text(c.File).I32(c.Loops).Text(c.Codec).Flag(c.IsOverlay).Id(c.Behind),
            MediaCommand.StopPlay c => Begin(into, FrameKind.StopPlay, c).Id(c.Id),
            MediaCommand.PausePlay c => Begin(into, FrameKind.PausePlay, c).Id(c.Id).Flag(c.IsOn),
            MediaCommand.SendDigits c => Begin(into, FrameKind.SendDigits, c).Id(c.Id).Text(c.Digits).I32(c.DigitMilliseconds),
            MediaCommand.Echo c => Begin(into, FrameKind.Echo, c).Flag(c.IsOn),
            MediaCommand.WatchVoice c => Begin(into, FrameKind.WatchVoice, c).I32(c.PauseMilliseconds),
            MediaCommand.Degrade c => Begin(into, FrameKind.Degrade, c).Real(c.Fault.Loss).Span(c.Fault.Jitter).U64(c.Fault.Seed),
            MediaCommand.DetectMachine c => Terms(Begin(into, FrameKind.DetectMachine, c), c.Terms),
            MediaCommand.Bridge c => Begin(into, FrameKind.Bridge, c).U64(c.Peer.Value).Flag(c.PassesDigits),
            MediaCommand.SignalledDtmf c => Begin(into, FrameKind.SignalledDtmf, c).U16(c.Key).I32(c.Milliseconds),
            MediaCommand.Unbridge c => Begin(into, FrameKind.Unbridge, c),
            MediaCommand.Ringback c => Tone(Begin(into, FrameKind.Ringback, c), c.Tone),
            MediaCommand.StartRecord c => RecordingFrames.Plan(Begin(into, FrameKind.StartRecord, c), c.Plan),
            MediaCommand.StopRecord c => Begin(into, FrameKind.StopRecord, c).Id(c.Id),
            MediaCommand.PauseRecord c => Begin(into, FrameKind.PauseRecord, c).Id(c.Id).Flag(c.IsSilent),
            MediaCommand.ResumeRecord c => Begin(into, FrameKind.ResumeRecord, c).Id(c.Id),
            MediaCommand.OpenRoom c => Begin(into, FrameKind.OpenRoom, c).Flag(c.Terms.HasComfortNoise),
            MediaCommand.JoinRoom c => Member(Begin(into, FrameKind.JoinRoom, c).U64(c.Room.Value), c.As),
            MediaCommand.LeaveRoom c => Begin(into, FrameKind.LeaveRoom, c),
            MediaCommand.Beep c => Begin(into, FrameKind.Beep, c),
            MediaCommand.OpenTap c => Begin(into, FrameKind.OpenTap, c).Id(c.Plan.Id).U8((byte)c.Plan.Tracks).I32(c.Plan.SampleRate)
                .I32(c.Plan.InjectionRate ?? 0).U8((byte)c.Plan.InjectsInto),
            MediaCommand.CloseTap c => Begin(into, FrameKind.CloseTap, c).Id(c.Id),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Null when the kind is no command's. Whether all fields were there is the reader's to say.</summary>
    public static MediaCommand? Read(FrameKind kind, ref FrameReader from)
    {
        var port = new PortId(from.U64());
        return kind switch
        {
            FrameKind.Connect => new MediaCommand.Connect(port, Plan(ref from)),
            FrameKind.Close => new MediaCommand.Close(port),
            FrameKind.Play => new MediaCommand.Play(port, from.Id(), from.Text(), from.I32())
            {
                Codec = from.TextOrNull(), IsOverlay = from.Flag(), Behind = from.Id()
            },
            FrameKind.StopPlay => new MediaCommand.StopPlay(port, from.Id()),
            FrameKind.PausePlay => new MediaCommand.PausePlay(port, from.Id(), from.Flag()),
            FrameKind.SendDigits => new MediaCommand.SendDigits(port, from.Id(), from.Text(), from.I32()),
            FrameKind.Echo => new MediaCommand.Echo(port, from.Flag()),
            FrameKind.WatchVoice => new MediaCommand.WatchVoice(port, from.I32()),
            FrameKind.Degrade => new MediaCommand.Degrade(port, new LineFault(from.Real(), from.Span(), from.U64())),
            FrameKind.DetectMachine => new MediaCommand.DetectMachine(port, Terms(ref from)),
            FrameKind.Bridge => new MediaCommand.Bridge(port, new PortId(from.U64()), from.Flag()),
            FrameKind.SignalledDtmf => new MediaCommand.SignalledDtmf(port, (char)from.U16(), from.I32()),
            FrameKind.Unbridge => new MediaCommand.Unbridge(port),
            FrameKind.Ringback => new MediaCommand.Ringback(port, Tone(ref from)),
            FrameKind.StartRecord => new MediaCommand.StartRecord(port, RecordingFrames.Plan(ref from)),
            FrameKind.StopRecord => new MediaCommand.StopRecord(port, from.Id()),
            FrameKind.PauseRecord => new MediaCommand.PauseRecord(port, from.Id(), from.Flag()),
            FrameKind.ResumeRecord => new MediaCommand.ResumeRecord(port, from.Id()),
            FrameKind.OpenRoom => new MediaCommand.OpenRoom(port, new RoomTerms(from.Flag())),
            FrameKind.JoinRoom => new MediaCommand.JoinRoom(port, new PortId(from.U64()), Member(ref from)),
            FrameKind.LeaveRoom => new MediaCommand.LeaveRoom(port),
            FrameKind.Beep => new MediaCommand.Beep(port),
            FrameKind.OpenTap => new MediaCommand.OpenTap(port, new(from.Id(), (TapTracks)from.U8(), from.I32())
            {
                InjectionRate = from.I32() is > 0 and var rate ? rate : null, InjectsInto = (TapTracks)from.U8()
            }),
            FrameKind.CloseTap => new MediaCommand.CloseTap(port, from.Id()),
            _ => null,
        };
    }

    private static FrameWriter Begin(FrameWriter into, FrameKind kind, MediaCommand command) => into.Begin(kind).U64(command.Port.Value);

    private static FrameWriter Plan(FrameWriter into, StreamPlan plan)
    {
        Choice(into, plan.Codec);
        PayloadType(into, plan.TelephoneEventType).I32(plan.TelephoneEventClock);
        Heard(into, plan.Heard);
        Remote(into.Choice(plan.Digits), plan.Remote).Flag(plan.IsRtcpMux).Choice(plan.Direction).I32(plan.PacketMilliseconds)
            .EndPoint(plan.Signalling).Flag(plan.AdjustsRtp).I32(plan.Dialog).Flag(plan.WantsRedundancy).I32(plan.PlaybackRate)
            .I32(plan.MostBitsPerSecond).Flag(plan.OmitsSilence).Flag(plan.IsWithheld).I32(plan.Generation)
            .Flag(plan.SilenceLimit is not null);
        if (plan.SilenceLimit is { } limit) into.Span(limit);
        Suppression(Sound(into, plan.Sound), plan.Suppression).Flag(plan.Keys is not null);
        if (plan.Keys is not { } keys) return into;
        return Key(Key(into, keys.Send), keys.Receive);
    }

    private static StreamPlan Plan(ref FrameReader from) => new()
    {
        Codec = Choice(ref from),
        TelephoneEventType = PayloadType(ref from),
        TelephoneEventClock = from.I32(),
        Heard = Heard(ref from),
        Digits = from.Choice<DigitMethod>(),
        Remote = Remote(ref from),
        IsRtcpMux = from.Flag(),
        Direction = from.Choice<StreamDirection>(),
        PacketMilliseconds = from.I32(),
        Signalling = from.EndPointOrNull(),
        AdjustsRtp = from.Flag(),
        Dialog = from.I32(),
        WantsRedundancy = from.Flag(),
        PlaybackRate = from.I32(),
        MostBitsPerSecond = from.I32(),
        OmitsSilence = from.Flag(),
        IsWithheld = from.Flag(),
        Generation = from.I32(),
        SilenceLimit = from.Flag() ? from.Span() : null,
        Sound = Sound(ref from),
        Suppression = from.Flag() ? new NoiseSuppression(from.Flag(), from.Flag()) : null,
        Keys = from.Flag() ? new MediaKeys(Key(ref from), Key(ref from)) : null,
    };

    private static FrameWriter Sound(FrameWriter into, SoundModification? sound) =>
        sound is null ? into.Flag(false) : into.Flag(true).Real(sound.Pitch).Flag(sound.IsOfSaid).Flag(sound.IsOfHeard);

    private static FrameWriter Suppression(FrameWriter into, NoiseSuppression? suppression) =>
        suppression is null ? into.Flag(false) : into.Flag(true).Flag(suppression.IsOfSaid).Flag(suppression.IsOfHeard);

    private static SoundModification? Sound(ref FrameReader from) =>
        from.Flag() ? new(from.Real()) { IsOfSaid = from.Flag(), IsOfHeard = from.Flag() } : null;

    private static FrameWriter Remote(FrameWriter into, RemoteCandidates remote)
    {
        Candidate(into, remote.Default).U16((ushort)remote.Others.Count);
        for (int i = 0; i < remote.Others.Count; i++) Candidate(into, remote.Others[i]);
        return into;
    }

    private static RemoteCandidates Remote(ref FrameReader from)
    {
        var first = Candidate(ref from);
        var others = new RemoteCandidate[from.Count(leastBytes: 3)];
        for (int i = 0; i < others.Length; i++) others[i] = Candidate(ref from);
        return new(first, others);
    }

    private static FrameWriter Candidate(FrameWriter into, RemoteCandidate candidate) =>
        into.EndPoint(candidate.Address).EndPoint(candidate.Control).Flag(candidate.IsTrusted);

    private static RemoteCandidate Candidate(ref FrameReader from) =>
        new(from.EndPoint()) { Control = from.EndPointOrNull(), IsTrusted = from.Flag() };

    private static FrameWriter PayloadType(FrameWriter into, byte? type) =>
        type is { } number ? into.Flag(true).U8(number) : into.Flag(false);

    private static byte? PayloadType(ref FrameReader from) => from.Flag() ? from.U8() : null;

    private static FrameWriter Choice(FrameWriter into, CodecChoice codec) =>
        into.Text(codec.Name).U8(codec.PayloadType).I32(codec.ClockRate).I32(codec.SampleRate);

    private static CodecChoice Choice(ref FrameReader from) => new(from.Text(), from.U8(), from.I32(), from.I32());

    private static FrameWriter Heard(FrameWriter into, HeardFormats heard)
    {
        into.U16((ushort)heard.Codecs.Count);
        foreach (var codec in heard.Codecs) Choice(into, codec);
        into.U16((ushort)heard.Events.Count);
        foreach (var events in heard.Events) into.U8(events.PayloadType).I32(events.ClockRate);
        into.U16((ushort)heard.Noise.Count);
        foreach (byte noise in heard.Noise) into.U8(noise);
        return into;
    }

    private static HeardFormats Heard(ref FrameReader from)
    {
        var codecs = new CodecChoice[from.Count(leastBytes: 11)];
        for (int i = 0; i < codecs.Length; i++) codecs[i] = Choice(ref from);
        var events = new EventChoice[from.Count(leastBytes: 5)];
        for (int i = 0; i < events.Length; i++) events[i] = new(from.U8(), from.I32());
        byte[] noise = new byte[from.Count(leastBytes: 1)];
        for (int i = 0; i < noise.Length; i++) noise[i] = from.U8();
        return new(codecs, events) { Noise = noise };
    }

    private static FrameWriter Key(FrameWriter into, MediaKey key) =>
        into.Choice(key.Suite).U128(key.Key).U128(key.Salt).U128(key.KeyRest).U8(key.IdentifierBytes);

    private static MediaKey Key(ref FrameReader from) =>
        new(from.Choice<CryptoSuite>(), from.U128(), from.U128()) { KeyRest = from.U128(), IdentifierBytes = from.U8() };

    private static FrameWriter Terms(FrameWriter into, MachineDetection terms)
    {
        into.Choice(terms.Mode).Span(terms.TotalAnalysis).Span(terms.AfterGreetingSilence)
            .Span(terms.BetweenWordsSilence).Span(terms.GreetingDuration).Span(terms.InitialSilence).I32(terms.MaximumWords)
            .Span(terms.MaximumWordLength).I32(terms.SilenceThreshold).Span(terms.GreetingTotalAnalysis).Span(terms.GreetingSilence)
            .Flag(terms.PromptEnd is not null);
        return terms.PromptEnd is { } prompt ? into.Span(prompt) : into;
    }

    private static MachineDetection Terms(ref FrameReader from) => new(from.Choice<MachineMode>())
    {
        TotalAnalysis = from.Span(),
        AfterGreetingSilence = from.Span(),
        BetweenWordsSilence = from.Span(),
        GreetingDuration = from.Span(),
        InitialSilence = from.Span(),
        MaximumWords = from.I32(),
        MaximumWordLength = from.Span(),
        SilenceThreshold = from.I32(),
        GreetingTotalAnalysis = from.Span(),
        GreetingSilence = from.Span(),
        PromptEnd = from.Flag() ? from.Span() : null,
    };

    private static FrameWriter Member(FrameWriter into, RoomMember member)
    {
        into.Flag(member.IsMuted).Flag(member.IsAway).Flag(member.KeepsBridge).Flag(member.WhispersTo is not null);
        if (member.WhispersTo is not { } ports) return into;
        into.U16((ushort)ports.Count);
        foreach (var port in ports) into.U64(port.Value);
        return into;
    }

    private static RoomMember Member(ref FrameReader from)
    {
        var member = new RoomMember { IsMuted = from.Flag(), IsAway = from.Flag(), KeepsBridge = from.Flag() };
        if (!from.Flag()) return member;
        var ports = new PortId[from.Count(sizeof(ulong))];
        for (int i = 0; i < ports.Length; i++) ports[i] = new(from.U64());
        return member with { WhispersTo = ports };
    }

    private static FrameWriter Tone(FrameWriter into, RingTone? tone)
    {
        if (tone is null) return into.Flag(false);
        into.Flag(true).I32(tone.Hertz).I32(tone.SecondHertz).U16((ushort)tone.Cadence.Count);
        foreach (int milliseconds in tone.Cadence) into.I32(milliseconds);
        return into;
    }

    private static RingTone? Tone(ref FrameReader from)
    {
        if (!from.Flag()) return null;
        int hertz = from.I32(), second = from.I32();
        var cadence = new int[from.Count(sizeof(int))];
        for (int i = 0; i < cadence.Length; i++) cadence[i] = from.I32();
        return new(hertz, second, cadence);
    }
}
