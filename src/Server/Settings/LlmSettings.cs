namespace Ringwright.Server.Settings;

/// <summary>The language model of customers and their assistants: the operator's choice, and not under the target policy.</summary>
/// <param name="BaseUrl">Up to and without <c>/chat/completions</c>.</param>
internal sealed record LlmSettings(string BaseUrl)
{
    /// <summary>Asked for whatever an assistant names; null asks for the one that it names.</summary>
    public string? Model { get; init; }
    /// <summary>The file of its key, with its whole path; null where it asks for none.</summary>
    public string? KeyFile { get; init; }
}
