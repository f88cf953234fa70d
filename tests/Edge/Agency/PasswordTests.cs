using Ringwright.Http;

namespace Ringwright.Edge.Agency;

/// <summary>What is stored of passwords, and what fits it.</summary>
public sealed class PasswordTests
{
    private const string Text = "bn-Xo_5dZ0k2VtQ9uW1a";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_drawn_password_fits_what_is_stored_of_it_and_nothing_else_does()
    {
        string stored = Passwords.HashOfDrawn(Text);
        Assert.DoesNotContain(Text, stored, StringComparison.Ordinal);
        Assert.True(await Passwords.FitsAsync(stored, Text, Stop));
        Assert.False(await Passwords.FitsAsync(stored, Text + "x", Stop));
        Assert.False(await Passwords.FitsAsync(stored, "", Stop));
        // Nobody signs in with what is stored.
        Assert.False(await Passwords.FitsAsync(stored, stored, Stop));
    }

    [Fact]
    public async Task Who_is_not_heard_any_more_when_the_turn_comes_is_told_no_and_nothing_is_compared()
    {
        string stored = Passwords.HashOfDrawn(Text);
        Assert.False(await Passwords.FitsAsync(stored, Text, static () => false, Stop));
        Assert.True(await Passwords.FitsAsync(stored, Text, static () => true, Stop));
    }
}
