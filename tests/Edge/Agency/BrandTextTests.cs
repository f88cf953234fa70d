using Ringwright.Agency;

namespace Ringwright.Edge.Agency;

/// <summary>Colours and style sheets of brands, cases L03 and what section 5.6 says of contrast.</summary>
public sealed class BrandTextTests
{
    [Theory]
    [InlineData("#0000ff", "#0000ff")]
    [InlineData("#1A2B3C", "#1a2b3c")]
    [InlineData("#767676", "#767676")]
    public void A_colour_that_white_text_can_be_read_on_stays(string said, string kept) => Assert.Equal(kept, BrandText.Readable(said));

    [Theory]
    [InlineData("#ffffff")]
    [InlineData("#777777")]
    [InlineData("#ffcc00")]
    public void Another_is_made_darker_until_it_can(string said)
    {
        string made = BrandText.Readable(said);
        Assert.True(string.CompareOrdinal(made, said) < 0, made);
        Assert.Equal(made, BrandText.Readable(made));
    }

    [Theory]
    [InlineData("@import 'x.css';")]
    [InlineData("a { background: url(http://example.com/x.png) }")]
    [InlineData("a { background: url(//example.com/x.png) }")]
    [InlineData("a { background: url( \"data:image/png;base64,AA\" ) }")]
    [InlineData("a { background: u\\72l(x) }")]
    [InlineData("</style><script>")]
    [InlineData("a { background: image-set('x.png' 1x) }")]
    [InlineData("@im/**/port 'x'; a { width: expression(1) }")]
    [InlineData("a { content: \"/*\" } b { background: url(x.png) } c { content: \"*/\" }")]
    [InlineData("a { background: url(/*) } b { background: url(https://example.com/x) } c { background: url(*/) }")]
    [InlineData("a { background: image-set('/x.png' 1x, 'https:example.com' 2x) }")]
    public void A_style_sheet_that_could_fetch_or_run_something_is_refused(string css) => Assert.NotNull(BrandText.StyleFault(css));

    [Theory]
    [InlineData("")]
    [InlineData("a { color: #123456 } /* of the brand */")]
    [InlineData("a { background: url('/logo.png') }")]
    public void One_that_does_neither_is_taken(string css) => Assert.Null(BrandText.StyleFault(css));
}
