using Ringwright.Calls;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>
/// What who waits hears where his document names nothing. TwiML has music there; a tone says as well that somebody is still connected.
/// </summary>
internal static class WaitingTone
{
    private static readonly PromptSource.Tone Tone = new(425, 0, 1_000, 4_000, 60_000);

    /// <summary>Null for silence: TeXML has no such sound, and an empty waitUrl wants none.</summary>
    public static PromptSource.Tone? Of(DocumentCall call, VerbValues values) =>
        call.Language.IsTwiml && !values.Has("waitUrl") ? Tone : null;
}
