using System.Buffers.Text;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class PlaybackStart
{
    public static LegCommand? Map(VoiceBody body)
    {
        var targets = body.Targets();
        bool isOverlay = body.Flag("overlay");
        if (isOverlay && targets is not TargetLegs.Self)
            body.Refuse(VoiceErrors.BadRequest, "overlay", "An overlay is for the call itself: target_legs must be self.");
        int loops = body.Loops();
        var stop = body.Stop();
        string? commandId = body.CommandId();
        var labels = body.Labels();
        return Source(body) is { } source
            ? new LegCommand.Play
            {
                Source = source, Loops = loops, Stop = stop, IsOverlay = isOverlay, Targets = targets,
                CommandId = commandId, Labels = labels,
            }
            : null;
    }

    private static PromptSource? Source(VoiceBody body)
    {
        bool hasUrl = IsFilled("audio_url"), hasContent = IsFilled("playback_content"), hasName = IsFilled("media_name");
        if (!hasUrl && !hasContent && !hasName)
            body.Refuse(VoiceErrors.MissingParameter, "audio_url", "One of audio_url, media_name and playback_content is required.");
        else if ((hasUrl ? 1 : 0) + (hasContent ? 1 : 0) + (hasName ? 1 : 0) > 1)
            body.Refuse(VoiceErrors.BadRequest, hasUrl ? "audio_url" : "playback_content",
                "Only one of audio_url, media_name and playback_content may be given.");
        else if (hasContent)
            return Content(body);
        else
            return AudioSource.Read(body, isCached: !body.Has("cache_audio") || body.Flag("cache_audio"));
        return null;

        bool IsFilled(string name) => body.Json.Filled(name) is not null;
    }

    private static PromptSource.Content? Content(VoiceBody body)
    {
        string text = Plain(body.Text("playback_content") ?? "");
        if (text.Length is 0 || !Base64.IsValid(text, out int bytes))
        {
            body.Refuse(VoiceErrors.BadRequest, "playback_content", "playback_content must be Base64 of an audio file.");
            return null;
        }
        if (bytes > VoiceLimits.ContentBytes)
        {
            body.Refuse(VoiceErrors.BadLength, "playback_content",
                $"playback_content may hold at most {VoiceLimits.ContentBytes} bytes of audio.");
            return null;
        }
        return new(Convert.FromBase64String(text));
    }

    /// <summary>Base64 as programs have it at hand: as a data URI, in the alphabet of URLs, or without its padding.</summary>
    private static string Plain(string text)
    {
        text = DataUri.Base64Of(text);
        if (Base64.IsValid(text)) return text;
        text = string.Concat(text.Split((char[])[' ', '\t', '\r', '\n'])).TrimEnd('=').Replace('-', '+').Replace('_', '/');
        return text.PadRight((text.Length + 3) / 4 * 4, '=');
    }
}
