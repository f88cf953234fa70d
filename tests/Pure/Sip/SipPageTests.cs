using Ringwright.Sip.Dialogs;
using Ringwright.Testing;

namespace Ringwright.Pure.Sip;

public sealed class SipPageTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "reference", "sip.md"));

    [Fact]
    public void The_page_about_SIP_names_what_we_say_of_ourselves()
    {
        var policy = new UserAgentPolicy();
        Assert.Contains($"`{policy.Allow}`", Page, StringComparison.Ordinal);
        Assert.Contains($"`{policy.Supported}`", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_about_SIP_names_our_limits()
    {
        var timer = new SessionTimerSettings();
        Assert.Contains($"ask for {timer.Seconds} s and take no less than {timer.LeastSeconds} ", Page, StringComparison.Ordinal);
        Assert.Equal(5, Ringwright.Switch.Limits.Redirections);
        Assert.Contains("at most five in one dial", Page, StringComparison.Ordinal);
        Assert.Contains($"`Retry-After` up to {Ringwright.Switch.Limits.LongestRetryAfterSeconds} s", Page, StringComparison.Ordinal);
    }
}
