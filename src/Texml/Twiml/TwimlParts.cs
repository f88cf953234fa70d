using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Texml.Twiml;

/// <summary>What the handlers of this API use.</summary>
public sealed record TwimlParts
{
    /// <summary>Only to look at what is bound.</summary>
    public static readonly TwimlParts None = new() { Voice = null!, Documents = null!, Copies = null! };

    /// <summary>Of the provider's call API, whose effects these are; it asks for sounds in this language.</summary>
    public required VoiceParts Voice { get; init; }
    public required TexmlParts Documents { get; init; }
    public required IRecordingCopies Copies { get; init; }
    /// <summary>Whom calls that ask for a code come from; null takes a number of the account that asks.</summary>
    public string? VerificationCaller { get; init; }
    internal Database Store => Voice.Store;
    internal TwimlSids Sids => Documents.Sids;
    internal PromisedRooms Promised { get; } = new();
    internal CopyPlaces Places { get; } = new();

    public static TwimlParts Of(TexmlParts documents, Database store, EgressClient egress, IRecordingFiles files, ISpeech speech,
        ITranscriber transcriber, IRecordingCopies copies) => new()
        {
            Documents = documents,
            Copies = copies,
            Voice = new()
            {
                Ids = documents.Ids, Egress = egress, Store = store, Files = files, Links = documents.Links,
                Speech = speech, Transcriber = transcriber,
                Sounds = new TwimlSounds(new DocumentSoundReader(egress, store), documents.Ids, documents.Records),
            },
        };
}
