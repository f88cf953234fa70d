using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>
/// Reads which file a command wants to be played: by URL or by the name in the media storage.
/// Whether there is one is told by the playback's events.
/// </summary>
internal static class AudioSource
{
    /// <summary>Null when the body names none, or has a problem.</summary>
    public static PromptSource? Read(VoiceBody body, string url = "audio_url", string name = "media_name", bool isCached = true)
    {
        if (body.Has(url) && body.Has(name))
        {
            body.Refuse(VoiceErrors.BadRequest, name, $"{name} and {url} cannot be used together.");
            return null;
        }
        if (body.Text(name) is { } stored)
        {
            if (stored.Length is > 0 and <= Storage.MediaLimits.NameLength) return new PromptSource.Stored(stored);
            body.Refuse(VoiceErrors.BadLength, name, $"{name} must have 1 to {Storage.MediaLimits.NameLength} characters.");
            return null;
        }
        return body.Url(url, TargetUse.Media) is { } address ? new PromptSource.Url(address) { IsCached = isCached } : null;
    }
}
