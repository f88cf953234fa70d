namespace Ringwright.Http;

/// <summary>
/// Wrong passwords for one name, wherever they come from: after ten within a quarter of an hour nobody signs in by it for another one,
/// a name of nobody's included. From where its user has signed in within thirty days he still does: strangers lock nobody out.
/// </summary>
public sealed class SignInLocks
{
    /// <summary>Wrong passwords, the last of which locks.</summary>
    public const int MostFailures = 10;

    /// <summary>Of a name nobody's is longer: what strangers say is not kept whole.</summary>
    private const int Remembered = 10_000, LongestName = 320;

    /// <summary>For so long they are counted, and so long it is locked.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    /// <summary>For so long a place is one from where a user signs in.</summary>
    public static readonly TimeSpan UsualLife = TimeSpan.FromDays(30);

    private readonly BruteForceLimiter _wrong = new(Life), _locked = new(Life);

    /// <summary>Until when a place is one from where its user signs in.</summary>
    private readonly RecentMap<(string Name, string Source), DateTimeOffset> _usual = new(Remembered);

    /// <summary>Whether a password from there is not even looked at.</summary>
    public bool IsLocked(string name, string source, DateTimeOffset now) =>
        _locked.IsShut(KeyOf(name), 1, now) && !(_usual.TryGet((name, source), out var until) && until > now);

    /// <summary>The password was wrong.</summary>
    public void Fail(string name, DateTimeOffset now)
    {
        string key = KeyOf(name);
        if (!_wrong.TryCount(key, MostFailures - 1, now)) _locked.Count(key, now);
    }

    /// <summary>Somebody has shown that he is the user.</summary>
    public void Show(string name, string source, DateTimeOffset now) => _usual.Set((name, source), now + UsualLife);

    private static string KeyOf(string name) => name.Length > LongestName ? name[..LongestName] : name;
}
