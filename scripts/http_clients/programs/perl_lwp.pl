# LWP of Perl with HTTP::Cookies, kept in a file.

use strict;
use warnings;

use HTTP::Cookies;
use HTTP::Request;
use LWP::UserAgent;

if ($ARGV[0] eq '--version') {
    print "LWP $LWP::UserAgent::VERSION, HTTP::Cookies $HTTP::Cookies::VERSION\n";
    exit;
}

my ($base, $folder) = @ARGV;
my $jar = HTTP::Cookies->new(file => "$folder/cookies.txt", autosave => 1);
my $agent = LWP::UserAgent->new(cookie_jar => $jar);
while (my $line = <STDIN>) {
    chomp $line;
    my ($method, $path, $csrf_cookie, $body) = split / /, $line, 4;
    my $request = HTTP::Request->new($method, $base . $path);
    $jar->scan(sub { $request->header('X-CSRF-TOKEN' => $_[2]) if $_[1] eq $csrf_cookie });
    if (defined $body) {
        $request->header('Content-Type' => 'application/json');
        $request->content($body);
    }
    $agent->request($request);
}
