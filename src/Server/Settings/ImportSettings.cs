namespace Ringwright.Server.Settings;

/// <summary>Where other services are asked for the assistants that accounts bring from there; tests ask elsewhere.</summary>
internal sealed record ImportSettings
{
    public string Vapi { get; init; } = "https://api.vapi.ai";
    public string ElevenLabs { get; init; } = "https://api.elevenlabs.io";
    public string Retell { get; init; } = "https://api.retellai.com";
}
