using Ringwright.Core;

namespace Ringwright.Pure.Core;

public sealed class BaseAddressTests
{
    [Theory]
    [InlineData("https://a.example/v1", "https://a.example/v1"), InlineData("https://a.example/v1/", "https://a.example/v1")]
    [InlineData("https://a.example/v1/chat/completions", "https://a.example/v1")]
    [InlineData("https://a.example/chat/completions/", "https://a.example")]
    [InlineData("https://a.example/v1/completions", "https://a.example/v1/completions"), InlineData("", "")]
    public void What_is_asked_there_is_no_part_of_an_address(string url, string address) =>
        Assert.Equal(address, BaseAddress.Of(url, "/chat/completions"));
}
