using Ringwright.Http;

namespace Ringwright.Edge.Http;

public sealed class PathTextTests
{
    [Theory]
    [InlineData("sales", "/v2/queues/sales", "sales")]
    [InlineData("sales%2Fnight", "/v2/queues/sales%2Fnight", "sales/night")]
    [InlineData("sales%2fnight", "/v2/queues/sales%2fnight?a=b/c", "sales/night")]
    [InlineData("a b%2Fc", "/v2/queues/a%20b%2Fc/calls", "a b/c")]
    [InlineData("sales%2Fnight", "/v2/queues/sales%252Fnight", "sales%2Fnight")]
    [InlineData("50%2F", "", "50%2F")]
    public void A_slash_of_a_name_is_told_from_one_of_the_path(string value, string target, string name) =>
        Assert.Equal(name, PathText.Of(value, target));
}
