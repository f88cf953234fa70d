using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// Wrong passwords for one address, wherever they come from: after ten within a quarter of an hour nobody signs in by it for another one,
/// an address of nobody's included. From where its user has signed in within thirty days he still does: strangers lock nobody out.
/// </summary>
internal sealed class SignInLocks
{
    public const int MostFailures = 10;

    private const int Remembered = 10_000;

    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15), UsualLife = TimeSpan.FromDays(30);

    private readonly BruteForceLimiter _wrong = new(Life), _locked = new(Life);

    /// <summary>Until when a place is one from where its user signs in.</summary>
    private readonly RecentMap<(string Email, string Source), DateTimeOffset> _usual = new(Remembered);

    public bool IsLocked(string email, string source, DateTimeOffset now) =>
        _locked.IsShut(email, 1, now) && !(_usual.TryGet((email, source), out var until) && until > now);

    /// <summary>The password was wrong.</summary>
    public void Fail(string email, DateTimeOffset now)
    {
        if (!_wrong.TryCount(email, MostFailures - 1, now)) _locked.Count(email, now);
    }

    /// <summary>Somebody has shown that he is the user.</summary>
    public void Show(string email, string source, DateTimeOffset now) => _usual.Set((email, source), now + UsualLife);
}
