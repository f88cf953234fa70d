using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>
/// Reads which file a command wants to be played: by URL or by the name in the media storage.
/// Whether there is one is told by the playback's events.
/// </summary>
internal static class AudioSource
{
    /// <summary>Null when the body names none, or has a problem. An empty URL or name is none.</summary>
    public static PromptSource? Read(VoiceBody body, string url = "audio_url", string name = "media_name", bool isCached = true)
    {
        string? stored = body.Json.Filled(name);
        if (stored is not null && body.Json.Filled(url) is not null)
        {
            body.Refuse(VoiceErrors.BadRequest, name, $"{name} and {url} cannot be used together.");
            return null;
        }
        if (stored is not null)
        {
            if (stored.Length <= Storage.MediaLimits.NameLength) return new PromptSource.Stored(stored);
            body.Refuse(VoiceErrors.BadLength, name, $"{name} may have at most {Storage.MediaLimits.NameLength} characters.");
            return null;
        }
        return body.Url(url, TargetUse.Media) is { } address ? new PromptSource.Url(address) { IsCached = isCached } : null;
    }
}
