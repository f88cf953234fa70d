using Ringwright.Calls;
using Ringwright.Telnyx.Texml;

namespace Ringwright.Edge.Texml;

/// <summary>What is kept of documents and callbacks on a call comes back as it went in, whatever characters it has.</summary>
public sealed class TexmlLabelTests
{
    [Theory]
    [InlineData("https://example.com/a b,c"), InlineData(" https://example.com/ "), InlineData("https://example.com/\n"),
        InlineData("https://example.com/?a=,completed http://169.254.169.254/"), InlineData("https://user:pass word@example.com/#x y")]
    public void A_url_is_the_last_of_its_label(string url)
    {
        var target = CallbackTarget.Read(TexmlLabels.Of("POST", ["initiated", "completed"], url))!;
        Assert.Equal(("POST", url), (target.Method, target.Url));
        Assert.Equal((true, false, false), (target.Wants("completed"), target.Wants("c"), target.Wants("http://169.254.169.254/")));
        var order = DocumentOrder.Read(DocumentOrder.OfUrl("1", "GET", url).ToString())!;
        Assert.Equal(("GET", url, null), (order.Method, order.Url, order.Text));
        Assert.True(DocumentOrder.Read(order.Taken.ToString())!.IsTaken);
    }

    [Theory]
    [InlineData("<Response><Say>POST https://example.com/</Say></Response>"), InlineData("  <?xml version='1.0'?>\n<Response/>\n")]
    public void A_document_is_never_taken_for_a_url(string text)
    {
        var order = DocumentOrder.Read(DocumentOrder.OfText("1", text).ToString())!;
        Assert.Equal((text.Trim(), null), (order.Text, order.Url));
    }

    [Theory, InlineData(null), InlineData(""), InlineData("POST"), InlineData("POST completed")]
    public void What_is_no_target_is_none(string? label) => Assert.Null(CallbackTarget.Read(label));
}
