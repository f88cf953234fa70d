using Ringwright.Uploads;

namespace Ringwright.Edge.Uploads;

public sealed class S3ReasonsTests
{
    [Theory]
    [InlineData("NoSuchBucket", " (NoSuchBucket: there is no such bucket)")]
    [InlineData("SignatureDoesNotMatch", " (SignatureDoesNotMatch: the secret is not the access key's)")]
    [InlineData("root:x:0:0", ""), InlineData("accessdenied", ""), InlineData("", ""), InlineData(null, "")]
    public void A_code_that_S3_documents_is_told_and_no_other_word(string? code, string told) => Assert.Equal(told, S3Reasons.Of(code));
}
