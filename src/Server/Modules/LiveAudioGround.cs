using System.Net;
using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Speech.Recognition;
using Ringwright.Store;
using Ringwright.Streams;

namespace Ringwright.Server.Modules;

/// <summary>What there is beside <see cref="ModuleGround"/> when carriers of live audio are made: media and the ledger.</summary>
internal sealed record LiveAudioGround
{
    /// <summary>Of the node's media.</summary>
    public required IAudioTaps Taps { get; init; }
    /// <summary>Takes events of legs that have ended.</summary>
    public required Ledger Ledger { get; init; }
    /// <summary>What each account has open, of all kinds together.</summary>
    public required SessionShares Shares { get; init; }
    /// <summary>The recogniser of a name, or the node's usual one for null; null when there is none.</summary>
    public required Func<string?, IRecogniser?> Recognisers { get; init; }
    /// <summary>The words of a stream's customers for its call.</summary>
    public required Func<StreamOrder, StreamIdentity> Identify { get; init; }
    public required LiveAudioLimits Limits { get; init; }
    /// <summary>How public servers are told to reach us; null where that is the address of the socket.</summary>
    public IPAddress? Advertise { get; init; }
    /// <summary>Agents hear by Silero's model when their caller speaks, and not by energy.</summary>
    public bool HasSileroVoice { get; init; }
    /// <summary>L16 has its low byte first.</summary>
    public bool IsLittleEndian { get; init; }
}

/// <summary>How many may be open at a time, as the process has descriptors.</summary>
/// <param name="Streams">Connections that last as long as a call.</param>
internal sealed record LiveAudioLimits(int Streams, int Forks, int Siprec);
