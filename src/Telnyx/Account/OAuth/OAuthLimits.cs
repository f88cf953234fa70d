namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>The limits of the token server.</summary>
internal static class OAuthLimits
{
    /// <summary>From the person's yes to the exchange (RFC 6749 section 4.1.2 recommends ten minutes at most).</summary>
    public static readonly TimeSpan CodeLife = TimeSpan.FromSeconds(60);
    /// <summary>For the person to read and decide.</summary>
    public static readonly TimeSpan ConsentLife = TimeSpan.FromMinutes(10);
    /// <summary>Of refresh tokens, from the person's yes: then the person is asked again.</summary>
    public static readonly TimeSpan FamilyLife = TimeSpan.FromDays(90);
    /// <summary>A program that registered itself and that nobody allowed anything is forgotten after it.</summary>
    public static readonly TimeSpan UnusedLife = TimeSpan.FromDays(1);

    /// <summary>Programs that registered themselves and wait for somebody.</summary>
    public const int Waiting = 10_000;
    /// <summary>Programs that register themselves from one address in an hour.</summary>
    public const int Registrations = 100;
    /// <summary>
    /// Wrong secrets of programs, and programs that there are not, from one address in a minute.
    /// We make the secrets: it is the look-ups that are saved.
    /// </summary>
    public const int WrongSecrets = 300;
    /// <summary>Programs that are known to have the right secret.</summary>
    public const int RightSecrets = 10_000;
    /// <summary>Wrong keys on the consent page from one address in a minute.</summary>
    public const int WrongKeys = 10;
    /// <summary>Bytes of the consent page's form.</summary>
    public const int FormBytes = 16 * 1024;

    public const int NameCharacters = 255, UriCharacters = 1_000, StateCharacters = 1_000;
    public const int RedirectUris = 20, ScopeCount = 50;
}
