using Ringwright.Core;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Cli;

/// <summary>How commands reach the API of an account: what is not typed, the environment says.</summary>
internal static class AccountApi
{
    public const string KeyVariable = "TELNYX_API_KEY", AddressVariable = "RINGWRIGHT_API";

    public static string? Key(string? typed) => typed ?? EnvironmentText.Find(KeyVariable);

    public static string? Address(string? typed) => typed ?? EnvironmentText.Find(AddressVariable);

    /// <summary>Paths are below it. Clients are given the address with /v2 behind it, and people type that here, too.</summary>
    public static Uri RootOf(string address) =>
        new(BaseAddress.Of(new SettingText("--api", address).HttpUrl().AbsoluteUri, "/v2") + "/");
}
