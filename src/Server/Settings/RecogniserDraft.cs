using Ringwright.Speech.Recognition;

namespace Ringwright.Server.Settings;

/// <summary>One recogniser's settings while they are read.</summary>
internal sealed class RecogniserDraft
{
    public Uri? Url;
    public string? Key, Model;

    /// <param name="usual">The vendor's own address; null where there is none.</param>
    /// <returns>Null when it is not set up: neither its address nor a key was given.</returns>
    public RecogniserTarget? Finish(string? usual) =>
        (Url?.ToString() ?? (Key is null ? null : usual)) is { } url ? new() { Url = url.TrimEnd('/'), Key = Key, Model = Model } : null;
}
