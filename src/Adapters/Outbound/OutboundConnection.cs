using System.Net;
using System.Net.Sockets;

namespace CarrierOptimization.Adapters.Outbound;

/// <summary>A name led to addresses that may not be called.</summary>
/// <remarks>Arrives as the inner exception of an <see cref="HttpRequestException"/>.</remarks>
public sealed class OutboundAddressException(string message) : Exception(message);

/// <summary>Makes the connections to the outside: no redirects, no proxy, no cookies, addresses checked when connecting.</summary>
public static class OutboundConnection
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(15);

    /// <summary>Names are looked up again after this long, so that a moved server is found.</summary>
    private static readonly TimeSpan ConnectionAgeMax = TimeSpan.FromMinutes(5);

    /// <summary>A handler for one place outside. Certificates are checked as the system does.</summary>
    public static SocketsHttpHandler CreateHandler(OutboundRules rules) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = ConnectWithin,
        PooledConnectionLifetime = ConnectionAgeMax,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(rules, context.DnsEndPoint, cancellationToken),
    };

    /// <summary>The look-up and the check are one step: a name can't point elsewhere in between.</summary>
    private static async ValueTask<Stream> ConnectAsync(
        OutboundRules rules, DnsEndPoint place, CancellationToken cancellationToken)
    {
        IPAddress[] found = IPAddress.TryParse(place.Host, out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(place.Host, cancellationToken);
        IPAddress[] allowed = [.. found.Where(rules.Allows)];
        if (allowed.Length == 0)
        {
            throw new OutboundAddressException(
                $"\"{place.Host}\" leads to {string.Join(", ", found.Select(address => address.ToString()))}; expected a "
                + "public address. Correct the address, or allow private or loopback addresses for this provider.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, place.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}
