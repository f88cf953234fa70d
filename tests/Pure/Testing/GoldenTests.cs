using Ringwright.Testing;

namespace Ringwright.Pure.Testing;

public sealed class GoldenTests
{
    [Fact]
    public void A_difference_shows_its_line_with_the_lines_around_and_control_characters()
    {
        string text = Golden.Difference("sip/x.sip", "one\ntwo\r\nthree\nfour", "one\ntwo\nthree\nfour");
        Assert.Contains("differs from line 2 on", text, StringComparison.Ordinal);
        Assert.Contains("    one\n  - two\\r\n", text, StringComparison.Ordinal);
        Assert.Contains("  + two\n", text, StringComparison.Ordinal);
    }
}
