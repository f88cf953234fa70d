namespace Ringwright.Server.Settings;

/// <summary>A server of models that hear and speak themselves: the operator's choice, and not under the target policy.</summary>
/// <param name="BaseUrl">Up to and without <c>/realtime</c> or <c>/api/calls</c>.</param>
internal sealed record VoiceModelSettings(string BaseUrl)
{
    /// <summary>The file of its key, with its whole path; null where it asks for none.</summary>
    public string? KeyFile { get; init; }
    /// <summary>Asked for whatever an assistant names; null asks for the one that it names.</summary>
    public string? Model { get; init; }
}
