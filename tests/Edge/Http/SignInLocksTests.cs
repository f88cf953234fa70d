using Ringwright.Http;

namespace Ringwright.Edge.Http;

/// <summary>When an address is locked, for whom, and for how long.</summary>
public sealed class SignInLocksTests
{
    private const string Email = "owner@example.com", Home = "198.51.100.1", Elsewhere = "203.0.113.1";

    private static readonly DateTimeOffset Now = new(2026, 2, 16, 12, 0, 0, TimeSpan.Zero);

    private readonly SignInLocks _locks = new();

    [Fact]
    public void Ten_wrong_passwords_lock_an_address_for_a_quarter_of_an_hour()
    {
        Fail(SignInLocks.MostFailures - 1, Now);
        Assert.False(_locks.IsLocked(Email, Elsewhere, Now));
        var tenth = Now.AddMinutes(14);
        Fail(1, tenth);
        Assert.True(_locks.IsLocked(Email, Elsewhere, tenth));
        Assert.False(_locks.IsLocked("other@example.com", Elsewhere, tenth));
        Assert.True(_locks.IsLocked(Email, Elsewhere, tenth + SignInLocks.Life - TimeSpan.FromSeconds(1)));
        var over = tenth + SignInLocks.Life;
        Assert.False(_locks.IsLocked(Email, Elsewhere, over));
        // From then on they are counted anew.
        Fail(SignInLocks.MostFailures - 1, over);
        Assert.False(_locks.IsLocked(Email, Elsewhere, over));
    }

    [Fact]
    public void Whoever_comes_from_where_he_has_signed_in_is_not_locked_out()
    {
        _locks.Show(Email, Home, Now);
        var later = Now.AddDays(29);
        Fail(SignInLocks.MostFailures, later);
        Assert.False(_locks.IsLocked(Email, Home, later));
        Assert.True(_locks.IsLocked(Email, Elsewhere, later));
        var muchLater = Now + SignInLocks.UsualLife;
        Fail(SignInLocks.MostFailures, muchLater);
        Assert.True(_locks.IsLocked(Email, Home, muchLater));
    }

    private void Fail(int times, DateTimeOffset at)
    {
        for (int i = 0; i < times; i++) _locks.Fail(Email, at);
    }
}
